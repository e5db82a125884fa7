import type { JsonValue } from '../api/wire.ts';
import { withoutCodes } from '../design/code-words.ts';
import { formatDayClock, inExchangeTime } from '../design/exchange-time.ts';
import { formatNumber, formatWord } from '../design/format.ts';

export interface OutputView {
  readonly reasoning: string | undefined;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly lists: readonly { readonly name: string; readonly items: readonly string[] }[];
}

/** Said elsewhere on the page, or only meaningful to machines. */
const LEFT_OUT = new Set([
  'symbol',
  'reasoning',
  'timestamp',
  'evidence',
  'model',
  'size_rule',
  'size_reference',
  'title',
  'summary',
]);
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;
const DECIMAL = /^-?\d+(\.\d+)?$/;

/** What an agent answered, as reading matter: its reasoning, then plain values, then lists of sentences. */
export function outputView(value: JsonValue): OutputView {
  if (typeof value !== 'object' || value === null || isList(value)) {
    return { reasoning: undefined, fields: [{ name: 'Value', value: words(value) }], lists: [] };
  }
  const fields: { name: string; value: string }[] = [];
  const lists: { name: string; items: readonly string[] }[] = [];
  for (const [name, entry] of Object.entries(value)) {
    if (LEFT_OUT.has(name) || entry === null || entry === undefined) continue;
    if (isList(entry)) {
      if (entry.length > 0) lists.push({ name: formatWord(name), items: entry.map(words) });
    } else if (typeof entry === 'object') {
      lists.push({
        name: formatWord(name),
        items: Object.entries(entry).map(([key, each]) => `${key.replaceAll('_', ' ')}: ${words(each)}`),
      });
    } else fields.push({ name: formatWord(name), value: words(entry) });
  }
  const reasoning = value['reasoning'];
  return { reasoning: typeof reasoning === 'string' ? reasoning : undefined, fields, lists };
}

function words(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return 'n/a';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'string') {
    if (DECIMAL.test(value)) return formatNumber(value);
    return INSTANT.test(value) ? formatDayClock(value) : withoutCodes(inExchangeTime(value));
  }
  if (isList(value)) return value.map(words).join(', ');
  if (typeof value['text'] === 'string') {
    const share = value['contribution'];
    return typeof share === 'number'
      ? `${value['text']} (${share > 0 ? '+' : ''}${formatNumber(share)})`
      : value['text'];
  }
  return Object.entries(value)
    .filter(([key, each]) => !LEFT_OUT.has(key) && each !== null)
    .map(([key, each]) => `${key.replaceAll('_', ' ')} ${words(each)}`)
    .join(', ');
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
