import { error, type Finding, type ProjectTree } from './project-tree.ts';

const LIST = 'docs/decisions/dependencies.md';
const OURS = '@bellwether/';
const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

interface PackageFile {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Every dependency of every package.json is pinned exactly, to one version, and has its line in the list; no line is left over. */
export function dependencyList(tree: ProjectTree): readonly Finding[] {
  const rows = new Map(
    (tree.get(LIST) ?? '').split('\n').flatMap((line) => {
      const [, name, version, licence, why] = line.split('|').map((cell) => cell.trim());
      return name === undefined || name === '' || name === 'name' || /^-+$/.test(name)
        ? []
        : [[name, { version: version ?? '', licence: licence ?? '', why: why ?? '' }] as const];
    }),
  );
  const wanted = [...tree]
    .filter(([path]) => path === 'package.json' || path.endsWith('/package.json'))
    .flatMap(([path, text]) => {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(text) as PackageFile;
      return Object.entries({ ...dependencies, ...devDependencies })
        .filter(([name]) => !name.startsWith(OURS))
        .map(([name, version]) => ({ path, name, version }));
    });
  const names = new Set(wanted.map(({ name }) => name));
  return [
    ...wanted.flatMap(({ path, name, version }) => {
      const row = rows.get(name);
      if (!EXACT.test(version)) return [error(path, `expected ${name} pinned exactly, was "${version}"`)];
      if (row === undefined)
        return [
          error(
            LIST,
            `expected a line for ${name} ${version} (${path}), was none; write name · version · licence · why`,
          ),
        ];
      if (row.version !== version)
        return [error(LIST, `expected ${name} ${version} as ${path} has it, was ${row.version}`)];
      return row.licence === '' || row.why === ''
        ? [error(LIST, `expected licence and reason of ${name}, was empty`)]
        : [];
    }),
    ...[...rows.keys()]
      .filter((name) => !names.has(name))
      .map((name) => error(LIST, `expected only dependencies in use, was ${name}; delete its line`)),
  ];
}
