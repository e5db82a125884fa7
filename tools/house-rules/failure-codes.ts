import { error, type Finding, isTest, matchesByLine, type ProjectTree, warning } from './project-tree.ts';

export const CODES_FILE = 'core/domain/src/failure/codes.ts';
const CODE = /'([a-z]+(?:-[a-z]+)*\/[a-z0-9-]+)'/g;
const THROWN = /\bBellwetherError\(\s*'[a-z_]+',\s*'([^']+)'/g;

/** Every code that is thrown stands in codes.ts, once; every code there is used by product code. */
export function failureCodes(tree: ProjectTree): readonly Finding[] {
  const catalogue = [...(tree.get(CODES_FILE) ?? '').matchAll(CODE)].map(([, code]) => code ?? '');
  const known = new Set(catalogue);
  const product = [...tree].filter(
    ([path]) => /\.(ts|mjs)$/.test(path) && path !== CODES_FILE && !isTest(path) && !path.startsWith('tools/'),
  );
  const used = new Set(
    product.flatMap(([, text]) => [...text.matchAll(/['"`]([a-z-]+\/[a-z0-9-]+)['"`]/g)].map(([, code]) => code)),
  );
  return [
    ...catalogue
      .filter((code, index) => catalogue.indexOf(code) !== index)
      .map((code) => error(CODES_FILE, `expected each code once, was "${code}" twice`)),
    ...product.flatMap(([path, text]) =>
      matchesByLine(text, THROWN).flatMap(({ line, match }) => {
        const code = /'([^']+)'$/.exec(match)?.[1] ?? '';
        return known.has(code)
          ? []
          : [error(`${path}:${line}`, `expected a code of ${CODES_FILE}, was "${code}"; append it there`)];
      }),
    ),
    ...catalogue
      .filter((code) => !used.has(code))
      .map((code) => warning(CODES_FILE, `expected every code to be used, was "${code}" nowhere`)),
  ];
}
