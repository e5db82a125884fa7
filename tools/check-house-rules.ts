/**
 * The rules that no other tool holds: the skeleton of units, names, lengths, words, failure codes, escape hatches, documents,
 * and the list of dependencies. `--lower` records what has shrunk; nothing is ever recorded upwards.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dependencyList } from './house-rules/dependency-list.ts';
import { documents } from './house-rules/documents.ts';
import { countHatches, escapeHatches } from './house-rules/escape-hatches.ts';
import { failureCodes } from './house-rules/failure-codes.ts';
import { lowerLongFiles, manners } from './house-rules/manners.ts';
import { readProject } from './house-rules/project-tree.ts';
import { unitSkeleton } from './house-rules/unit-skeleton.ts';

interface Ratchet {
  readonly escapeHatches: Readonly<Record<string, number>>;
  readonly longFiles: Readonly<Record<string, number>>;
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ratchetFile = join(root, 'tools/house-rules/ratchet.json');
const tree = readProject(root);
let ratchet = JSON.parse(readFileSync(ratchetFile, 'utf8')) as Ratchet;

if (process.argv.includes('--lower')) {
  const counts = countHatches(tree);
  const lowered = Object.entries(ratchet.escapeHatches).map(
    ([name, most]) => [name, Math.min(most, counts[name] ?? 0)] as const,
  );
  ratchet = { escapeHatches: Object.fromEntries(lowered), longFiles: lowerLongFiles(tree, ratchet.longFiles) };
  writeFileSync(ratchetFile, `${JSON.stringify(ratchet, null, 2)}\n`);
}

const findings = [
  ...unitSkeleton(tree),
  ...manners(tree, ratchet.longFiles),
  ...failureCodes(tree),
  ...escapeHatches(tree, ratchet.escapeHatches),
  ...dependencyList(tree),
  ...documents(tree),
].sort((a, b) => a.level.localeCompare(b.level) || a.path.localeCompare(b.path));
for (const { level, path, message } of findings) console.log(`${level === 'error' ? '✖' : '·'} ${path}: ${message}`);
const errors = findings.filter(({ level }) => level === 'error').length;
console.log(`${errors} broken house rules, ${findings.length - errors} warnings in ${tree.size} files`);
process.exitCode = errors === 0 ? 0 : 1;
