import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every text file of the project: its path from the root, with forward slashes, and its text. */
export type ProjectTree = ReadonlyMap<string, string>;

/** A broken rule. A warning is printed and does not fail the check. */
export interface Finding {
  readonly path: string;
  readonly level: 'error' | 'warning';
  readonly message: string;
}

const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.angular', '.data', 'artifacts', 'coverage']);
const TEXT = /\.(ts|mjs|cjs|js|json|md|sql|css|scss|html|grit|yaml|yml|c|txt)$|(^|\/)(LICENSE|\.gitignore|run)$/;

/** Reads the checkout below `root`; what git ignores and what is not text is left out. */
export function readProject(root: string): ProjectTree {
  const tree = new Map<string, string>();
  const read = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!LEFT_OUT.has(entry.name)) read(path);
      } else if (entry.isFile() && TEXT.test(path)) tree.set(path, readFileSync(join(root, path), 'utf8'));
    }
  };
  read('');
  return tree;
}

export const isGenerated = (path: string): boolean =>
  /\.generated\./.test(path) || path === 'db/src/schema.sql' || path === 'package-lock.json';
export const isTest = (path: string): boolean =>
  /\.(test|spec|contract|fake|fixture|bench)\.ts$|\/testing\.ts$|^testing\//.test(path);
export const isCode = (path: string): boolean => /\.(ts|mjs|cjs|html|css|scss)$/.test(path) && !isGenerated(path);

export const error = (path: string, message: string): Finding => ({ path, level: 'error', message });
export const warning = (path: string, message: string): Finding => ({ path, level: 'warning', message });

/** Every match of `pattern` (global) with the number of its line, counted from 1. */
export function matchesByLine(
  text: string,
  pattern: RegExp,
): readonly { readonly line: number; readonly match: string }[] {
  return [...text.matchAll(pattern)].map((found) => ({
    line: text.slice(0, found.index).split('\n').length,
    match: found[0].trim(),
  }));
}
