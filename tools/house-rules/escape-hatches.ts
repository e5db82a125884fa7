import { error, type Finding, isGenerated, isTest, matchesByLine, type ProjectTree } from './project-tree.ts';

/** Each way round a rule, and how it looks. */
const HATCHES: Readonly<Record<string, RegExp>> = {
  'biome-ignore': /\bbiome-ignore(?:-all|-start)?\b/g,
  'ambient-ok': /\bambient-ok\b/g,
  'as unknown as': /\bas unknown as\b/g,
  '@ts-expect-error': /@ts-(?:expect-error|ignore|nocheck)\b/g,
};
/** Fakes that fill a part of a type are common in tests; product code has fewer excuses. */
const ROOMS = [
  { suffix: '', counts: (path: string) => !isTest(path) },
  { suffix: ' in tests', counts: isTest },
] as const;
const RATCHET = 'tools/house-rules/ratchet.json';

/** Counts the escape hatches of product code and of tests apart; the tools that name them are left out. */
export function countHatches(tree: ProjectTree): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.keys(HATCHES).flatMap((name) =>
      ROOMS.map(({ suffix }) => [name + suffix, places(tree, name + suffix).length] as const),
    ),
  );
}

/** Holds the counts to the recorded ones: more is refused, fewer must be recorded so that it cannot rise again. */
export function escapeHatches(tree: ProjectTree, recorded: Readonly<Record<string, number>>): readonly Finding[] {
  return Object.entries(countHatches(tree)).flatMap(([name, count]) => {
    const most = recorded[name] ?? 0;
    if (count > most)
      return [error(RATCHET, `expected at most ${most} × "${name}", was ${count}; ${places(tree, name).join(', ')}`)];
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

function places(tree: ProjectTree, counted: string): readonly string[] {
  const room = ROOMS.findLast(({ suffix }) => counted.endsWith(suffix));
  const pattern = HATCHES[counted.slice(0, counted.length - (room?.suffix.length ?? 0))];
  if (room === undefined || pattern === undefined) return [];
  return [...tree]
    .filter(
      ([path]) => /\.(ts|mjs|cjs)$/.test(path) && !isGenerated(path) && !path.startsWith('tools/') && room.counts(path),
    )
    .flatMap(([path, text]) => matchesByLine(text, pattern).map(({ line }) => `${path}:${line}`));
}
