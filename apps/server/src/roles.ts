import { BellwetherError } from '@bellwether/domain';

export const ROLES = ['api', 'worker', 'feed', 'scheduler'] as const;
export type Role = (typeof ROLES)[number];

/** Reads `--roles api,worker`; without it a process has all of them. Throws `usage/bad-argument`. */
export function parseRoles(text: string | undefined): ReadonlySet<Role> {
  if (text === undefined) return new Set(ROLES);
  const roles = text.split(',').map((name) => {
    const role = ROLES.find((known) => known === name.trim());
    if (role !== undefined) return role;
    throw new BellwetherError(
      'invalid',
      'usage/bad-argument',
      `expected --roles out of ${ROLES.join(', ')}, was "${name}"`,
    );
  });
  return new Set(roles);
}
