import { error, type Finding, isGenerated, matchesByLine, type ProjectTree } from './project-tree.ts';

/** Each way round a rule, and how it looks. */
const HATCHES: Readonly<Record<string, RegExp>> = {
  'biome-ignore': /\bbiome-ignore(?:-all|-start)?\b/g,
  'ambient-ok': /\bambient-ok\b/g,
  'as unknown as': /\bas unknown as\b/g,
  '@ts-expect-error': /@ts-(?:expect-error|ignore|nocheck)\b/g,
};
const RATCHET = 'tools/house-rules/ratchet.json';

/** Counts the escape hatches of the whole tree, the tools that name them left out. */
export function countHatches(tree: ProjectTree): Readonly<Record<string, number>> {
  const code = [...tree].filter(
    ([path]) => /\.(ts|mjs|cjs)$/.test(path) && !isGenerated(path) && !path.startsWith('tools/'),
  );
  return Object.fromEntries(
    Object.entries(HATCHES).map(([name, pattern]) => [
      name,
      code.reduce((sum, [, text]) => sum + matchesByLine(text, pattern).length, 0),
    ]),
  );
}

/** Holds the counts to the recorded ones: more is refused, fewer must be recorded so that it cannot rise again. */
export function escapeHatches(tree: ProjectTree, recorded: Readonly<Record<string, number>>): readonly Finding[] {
  return Object.entries(countHatches(tree)).flatMap(([name, count]) => {
    const most = recorded[name] ?? 0;
    if (count > most)
      return [error(RATCHET, `expected at most ${most} × "${name}", was ${count}; ${places(tree, name)}`)];
    if (count < most)
      return [
        error(
          RATCHET,
          `expected the record to follow, was ${most} for ${count} × "${name}"; run: node tools/check-house-rules.ts --lower`,
        ),
      ];
    return [];
  });
}

function places(tree: ProjectTree, name: string): string {
  const pattern = HATCHES[name];
  if (pattern === undefined) return '';
  return [...tree]
    .filter(([path]) => /\.(ts|mjs|cjs)$/.test(path) && !isGenerated(path) && !path.startsWith('tools/'))
    .flatMap(([path, text]) => matchesByLine(text, pattern).map(({ line }) => `${path}:${line}`))
    .join(', ');
}
