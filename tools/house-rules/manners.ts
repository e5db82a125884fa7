import {
  error,
  type Finding,
  isCode,
  isGenerated,
  isTest,
  matchesByLine,
  type ProjectTree,
  warning,
} from './project-tree.ts';

const MANY_LINES = 400;
const TOO_MANY_LINES = 600;
const NAMELESS = new Set([
  'util',
  'utils',
  'common',
  'helper',
  'helpers',
  'misc',
  'shared',
  'type',
  'types',
  'constants',
]);
const KEBAB = /^[_.]?[a-z0-9]+(?:[-.][a-z0-9]+)*$/;
/** Where an order becomes an approved one: its type, the gate, and what stands in for the gate in tests. */
const MINTS = new Set([
  'core/ports/src/broker/broker.ts',
  'core/ports/src/broker/broker-bench.contract.ts',
  'core/kernel/src/guards/risk-gate.ts',
  'core/kernel/src/guards/risk-gate.test.ts',
]);
/** The files that state these patterns. */
const OWN = /^tools\/(house-rules\/|check-house-rules)/;

interface Unwanted {
  readonly what: string;
  readonly instead: string;
  readonly pattern: RegExp;
  readonly where: (path: string) => boolean;
}
const UNWANTED: readonly Unwanted[] = [
  {
    what: 'a path of one machine',
    instead: 'take it from an argument or a temporary folder',
    pattern: /(?<![A-Za-z0-9_.])\/(?:work|farm)\//g,
    where: () => true,
  },
  {
    what: 'a promise to do it later',
    instead: 'do it, or delete the line; a decision to come is an ADR',
    pattern: /\b(?:TODO|FIXME|XXX)\b(?!\(ADR-\d{4}\))/g,
    where: isCode,
  },
  {
    what: 'a test that leaves others out',
    instead: 'let every test run; absent data is left out by leftOut() alone',
    pattern: /\b(?:test|it|describe|suite|t)\.(?:only|skip|todo)\(|\b(?:only|todo): true|\bskip: (?:true|['"`])/g,
    where: isTest,
  },
  {
    what: 'the number of an issue',
    instead: 'say the reason in words',
    pattern: /\b(?:issue|ticket|bug|pull request|PR) ?#?\d+\b|\((?:closes |fixes )?#\d+\)/gi,
    where: () => true,
  },
  {
    what: 'an order approved beside the risk gate',
    instead: 'send the intent through the gate',
    pattern: /\bas ApprovedOrder\b|\bapprovedBy['"]?: ?['"`]/g,
    where: (path) => isCode(path) && !path.startsWith('tools/') && !MINTS.has(path),
  },
  {
    what: 'a package host of one network',
    instead: 'the lockfile names registry.npmjs.org or no host',
    pattern: /"resolved": "https?:\/\/(?!registry\.npmjs\.org\/)[^"]*/g,
    where: (path) => path === 'package-lock.json',
  },
];

/** Names, lengths and words that the house does not use. `longFiles` are known to be too long and may only shrink. */
export function manners(tree: ProjectTree, longFiles: Readonly<Record<string, number>>): readonly Finding[] {
  return [
    ...[...tree.keys()].flatMap(names),
    ...[...tree].flatMap(([path, text]) => [...lengths(path, text, longFiles), ...words(path, text)]),
    ...Object.keys(longFiles)
      .filter((path) => !tree.has(path))
      .map((path) =>
        error(
          path,
          'expected a file of the list of long files to exist, was gone; run: node tools/check-house-rules.ts --lower',
        ),
      ),
  ];
}

function names(path: string): readonly Finding[] {
  const parts = path.split('/');
  const stem = (part: string): string => part.replace(/^\./, '').split('.')[0] ?? part;
  const nameless = parts.find((part) => NAMELESS.has(stem(part)));
  if (nameless !== undefined)
    return [error(path, `expected a noun that says what is inside, was "${nameless}"; put the thing with its kind`)];
  const file = parts.at(-1) ?? '';
  return /\.(ts|mjs|cjs)$/.test(file) && !KEBAB.test(file)
    ? [error(path, `expected a kebab-case name, was "${file}"`)]
    : [];
}

function lengths(path: string, text: string, longFiles: Readonly<Record<string, number>>): readonly Finding[] {
  if (!isCode(path)) return [];
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  const known = longFiles[path];
  if (known !== undefined) {
    if (lines > known)
      return [error(path, `expected at most the ${known} lines it had, was ${lines}; split it by subject`)];
    if (lines < known)
      return [
        error(
          path,
          `expected the list of long files to follow, was ${known} for ${lines} lines; run: node tools/check-house-rules.ts --lower`,
        ),
      ];
    return [];
  }
  if (lines > TOO_MANY_LINES)
    return [error(path, `expected at most ${TOO_MANY_LINES} lines, was ${lines}; it has two subjects: split it`)];
  return lines > MANY_LINES ? [warning(path, `expected about ${MANY_LINES} lines, was ${lines}`)] : [];
}

function words(path: string, text: string): readonly Finding[] {
  if (OWN.test(path)) return [];
  return UNWANTED.filter(({ where }) => where(path)).flatMap(({ what, instead, pattern }) =>
    (isGenerated(path) && path !== 'package-lock.json' ? [] : matchesByLine(text, pattern)).map(({ line, match }) =>
      error(`${path}:${line}`, `expected no ${what.replace(/^an? |^the /, '')}, was "${match}"; ${instead}`),
    ),
  );
}

/** The long files as they are now, none longer than before and none new. */
export function lowerLongFiles(tree: ProjectTree, known: Readonly<Record<string, number>>): Record<string, number> {
  const entries = Object.entries(known).flatMap(([path, before]) => {
    const lines = (tree.get(path) ?? '').trimEnd().split('\n').length;
    return tree.has(path) && lines > TOO_MANY_LINES ? [[path, Math.min(before, lines)] as const] : [];
  });
  return Object.fromEntries(entries);
}
