import { error, type Finding, type ProjectTree, warning } from './project-tree.ts';

const HEADINGS = ['Purpose', 'Reads', 'Writes', 'Fails when', 'Try it'] as const;
const README_LINES = 60;
const PACKAGES = /^((?:core|runtimes|apps)\/[^/]+|agents|adapters|db)\/package\.json$/;
/** Two levels below src: the group, then the unit. */
const UNITS = /^((?:agents|adapters)\/src\/[^/_][^/]*\/[^/]+)\//;

/** Holds the fixed shape of packages, agents and adapters: the same files in every folder of a kind. */
export function unitSkeleton(tree: ProjectTree): readonly Finding[] {
  const paths = [...tree.keys()];
  const packages = paths.flatMap((path) => PACKAGES.exec(path)?.[1] ?? []);
  const units = [...new Set(paths.flatMap((path) => UNITS.exec(path)?.[1] ?? []))];
  return [
    ...packages
      .filter((folder) => paths.some((path) => path.startsWith(`${folder}/src/`)))
      .flatMap((folder) => readme(tree, folder)),
    ...units.flatMap((folder) => [
      ...readme(tree, folder),
      ...(folder.startsWith('agents/') ? agent(tree, folder) : adapter(tree, folder)),
    ]),
  ];
}

function agent(tree: ProjectTree, folder: string): readonly Finding[] {
  const name = folder.split('/').at(-1);
  return [`${name}.agent.ts`, `${name}.schema.ts`, `${name}.agent.test.ts`]
    .filter((file) => !tree.has(`${folder}/${file}`))
    .map((file) => error(folder, `expected ${file} in every agent's folder, was missing`));
}

function adapter(tree: ProjectTree, folder: string): readonly Finding[] {
  const tested = [...tree.keys()].some((path) => path.startsWith(`${folder}/`) && path.endsWith('.test.ts'));
  return tested
    ? []
    : [error(folder, 'expected a test beside the adapter (its contract, or its translation), was none')];
}

function readme(tree: ProjectTree, folder: string): readonly Finding[] {
  const path = `${folder}/README.md`;
  const text = tree.get(path);
  if (text === undefined) return [error(folder, `expected a README.md with ${HEADINGS.join(' · ')}, was missing`)];
  const places = HEADINGS.map((heading) => text.search(new RegExp(`(?:^#{2,3} |(?:^|\\s)\\*{1,2})${heading}\\b`, 'm')));
  const missing = HEADINGS.filter((_, index) => places[index] === -1);
  if (missing.length > 0) return [error(path, `expected the heading ${missing.join(', ')}, was missing`)];
  const inOrder = places.every((place, index) => index === 0 || place > (places[index - 1] ?? -1));
  if (!inOrder) return [error(path, `expected the headings in the order ${HEADINGS.join(' · ')}, was another`)];
  const lines = text.split('\n').length;
  return lines <= README_LINES ? [] : [warning(path, `expected one screen (${README_LINES} lines), was ${lines}`)];
}
