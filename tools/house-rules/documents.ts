import { dirname, join } from 'node:path';
import { error, type Finding, matchesByLine, type ProjectTree, warning } from './project-tree.ts';

const REQUIRED = ['LICENSE', 'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'GLOSSARY.md'];
const COMMANDS = 'apps/cli/src/commands.ts';
const SECTIONS = ['Context', 'Decision', 'Consequences', 'Rejected'];
const DECISION = /^docs\/decisions\/(\d{4})-[a-z0-9-]+\.md$/;
const DECISION_LINES = 40;
/** A contract may be split into several files of its port's folder. */
const CONTRACT = /^core\/ports\/src\/([a-z-]+)\/[a-z-]+\.contract\.ts$/;
const LINK = /\]\((?!https?:|#|mailto:)([^)\s#]+)/g;
/** A name in backquotes that begins with one of our rooms and ends as a file or a folder. */
const PLACE = /`((?:core|agents|adapters|runtimes|apps|db|testing|tools|benchmarks|docs|examples)\/[\w./-]*)`/g;
/** Made by a run, so absent from a fresh checkout. */
const MADE = /^docs\/screenshot\.png$|\/dist\//;

/** Documents exist, decisions have their four sections, and what a document points to is there. */
export function documents(tree: ProjectTree): readonly Finding[] {
  const folders = new Set(
    [...tree.keys()].flatMap((path) => path.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/'))),
  );
  const exists = (path: string): boolean => tree.has(path) || folders.has(path.replace(/\/$/, '')) || MADE.test(path);
  const texts = [...tree].filter(([path]) => path.endsWith('.md'));
  const numbers = texts.flatMap(([path]) => DECISION.exec(path)?.[1] ?? []);
  return [
    ...commandTable(tree),
    ...contractCards(tree),
    ...REQUIRED.filter((path) => !tree.has(path)).map((path) => error(path, 'expected this document, was missing')),
    ...numbers
      .filter((number, index) => numbers.indexOf(number) !== index)
      .map((number) => error('docs/decisions', `expected each number once, was ${number} twice`)),
    ...texts.filter(([path]) => DECISION.test(path)).flatMap(([path, text]) => decision(path, text)),
    ...texts.flatMap(([path, text]) => [
      ...matchesByLine(text, LINK).flatMap(({ line, match }) => {
        const target = join(dirname(path), match.slice(2)).replaceAll('\\', '/');
        return exists(target) ? [] : [error(`${path}:${line}`, `expected a link that leads somewhere, was ${target}`)];
      }),
      ...matchesByLine(text, PLACE).flatMap(({ line, match }) => {
        const place = match.slice(1, -1);
        return exists(place) ? [] : [error(`${path}:${line}`, `expected ${place} to exist, was gone or renamed`)];
      }),
    ]),
  ];
}

/** Every card of a port's contract, in one file or several, stands in its document under the same number and words, and no other does. */
function contractCards(tree: ProjectTree): readonly Finding[] {
  const ports = new Set([...tree.keys()].flatMap((path) => CONTRACT.exec(path)?.[1] ?? []));
  return [...ports].flatMap((port) => {
    const path = `core/ports/src/${port}`;
    const text = [...tree].flatMap(([file, content]) => (CONTRACT.exec(file)?.[1] === port ? content : [])).join('\n');
    const document = `docs/contracts/${port}.md`;
    const tested = [...text.matchAll(/^ {2}'([A-Z]+-\d{3}) (.+)': async/gm)].map(
      ([, number, words]) => `${number} | ${words}`,
    );
    const written = [...(tree.get(document) ?? '').matchAll(/^\| ([A-Z]+-\d{3}) \| (.+?) \|/gm)].map(
      ([, number, words]) => `${number} | ${words}`,
    );
    return [
      ...tested
        .filter((card) => !written.includes(card))
        .map((card) => error(document, `expected the card "${card}" as ${path} tests it, was missing`)),
      ...written
        .filter((card) => !tested.includes(card))
        .map((card) => error(document, `expected only cards that ${path} tests, was "${card}"`)),
    ];
  });
}

/** The README's table of commands and the command line know the same names. */
function commandTable(tree: ProjectTree): readonly Finding[] {
  const shown = [...(tree.get('README.md') ?? '').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
  const known = [...(tree.get(COMMANDS) ?? '').matchAll(/^ {2}\['([a-z-]+)',/gm)].map(([, name]) => name);
  return [
    ...shown
      .filter((name) => !known.includes(name))
      .map((name) => error('README.md', `expected commands that exist, was "${name}"; ${COMMANDS} has no such line`)),
    ...known
      .filter((name) => !shown.includes(name))
      .map((name) => error('README.md', `expected a line for the command "${name}", was none`)),
  ];
}

function decision(path: string, text: string): readonly Finding[] {
  const missing = SECTIONS.filter((section) => !new RegExp(`^## ${section}$`, 'm').test(text));
  const lines = text.trimEnd().split('\n').length;
  return [
    ...missing.map((section) => error(path, `expected the section "## ${section}", was missing`)),
    ...(lines > DECISION_LINES ? [warning(path, `expected at most ${DECISION_LINES} lines, was ${lines}`)] : []),
  ];
}
