import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sliceBars } from '@bellwether/domain';
import {
  confidenceOf,
  GENERIC_NULL_TABLE,
  NULL_DRAWS,
  type NullRequest,
  NullTables,
  nullTable,
} from './null-calibration.ts';
import { sessionColumns } from './session-columns.ts';
import { barsClosingAt, mirrored, randomWalk } from './testing.ts';

const bars = randomWalk({ seed: 'null', bars: 700 });

function request(from = 0, until = bars.length, asOf = bars.end[until - 1] as number): NullRequest {
  const window = sliceBars(bars, from, until);
  return {
    symbol: 'TEST',
    timeframe: '1d',
    feed: 'test',
    bars: window,
    sessions: sessionColumns(window, 'US'),
    asOf,
    isCut: from > 0,
  };
}

test('the table is the same for every decision of a month, and another in the next', () => {
  const tables = new NullTables();
  // Rows 600 and 605 lie in one month, 640 in another.
  const [first, second, later] = [tables.of(request(0, 601)), tables.of(request(3, 606)), tables.of(request(0, 641))];
  assert.equal(first, second);
  assert.notDeepEqual(first.scores, later.scores);
  assert.deepEqual(new NullTables().of(request(0, 606)).scores, first.scores, 'and in another process');
});

test('bars of the running month do not enter', () => {
  const asOf = bars.end[600] as number;
  const all = new NullTables().of(request(0, 700, asOf));
  assert.deepEqual(all.scores, new NullTables().of(request(0, 601)).scores);
});

test('equal keys over different bars do not share a table', () => {
  const tables = new NullTables();
  const own = tables.of(request());
  const others = mirrored(randomWalk({ seed: 'other', bars: 700 }));
  assert.notEqual(tables.of({ ...request(), bars: others }), own);
  assert.equal(tables.of(request()), own);
});

test('too few bars, or a short window that slides, take the generic table', () => {
  const tables = new NullTables();
  assert.ok(tables.of(request(0, 240)).isGeneric);
  assert.ok(!tables.of(request(0, 300)).isGeneric);
  assert.ok(tables.of({ ...request(0, 300), isCut: true }).isGeneric);
  assert.ok(
    tables.of({ ...request(0, 600), bars: barsClosingAt(new Array(600).fill(50), 0) }).isGeneric,
    'a price that never moved',
  );
});

test('a mirrored market has the same null', () => {
  const calm = randomWalk({ seed: 'mirrored null', bars: 500, deviation: 1e-5 });
  const sessions = sessionColumns(calm, 'US');
  const [upright, flipped] = [nullTable(calm, sessions, 'k'), nullTable(mirrored(calm), sessions, 'k')];
  for (let draw = 0; draw < NULL_DRAWS; draw += 20) {
    assert.ok(Math.abs((upright.scores[draw] as number) - (flipped.scores[draw] as number)) < 5e-3);
  }
});

test('a trend in the source does not widen its null', () => {
  const flat = new NullTables().of(request());
  const trend = nullTable(randomWalk({ seed: 'null', bars: 700, drift: 0.3 }), sessionColumns(bars, 'US'), 'k');
  const median = (table: { scores: Float64Array }) => table.scores[NULL_DRAWS / 2] as number;
  assert.ok(Math.abs(median(trend) - median(flat)) < 0.08, `${median(trend)} against ${median(flat)}`);
});

test('confidence counts the draws that score less, with all frames at one rank', () => {
  const table = { scores: Float64Array.from({ length: NULL_DRAWS }, (_, i) => (i + 1) / NULL_DRAWS), isGeneric: false };
  const frames = [
    { weight: 0.6, table },
    { weight: 0.4, table },
  ];
  assert.equal(confidenceOf(0, frames), 0);
  assert.equal(confidenceOf(0.5, frames), 50);
  assert.equal(confidenceOf(-0.87, frames), 87);
  assert.equal(confidenceOf(1.01, frames), 100);
});

test('the generic table is 400 rising scores', () => {
  const { scores } = GENERIC_NULL_TABLE;
  assert.equal(scores.length, NULL_DRAWS);
  for (let i = 1; i < scores.length; i++) assert.ok((scores[i] as number) >= (scores[i - 1] as number));
  assert.ok((scores[NULL_DRAWS - 1] as number) <= 1 && (scores[0] as number) >= 0);
});

test('a known table is found within a millisecond', () => {
  const tables = new NullTables();
  const asked = request();
  tables.of(asked);
  const started = performance.now();
  for (let i = 0; i < 200; i++) tables.of(asked);
  assert.ok((performance.now() - started) / 200 <= 1);
});

test('only so many tables are kept', () => {
  const tables = new NullTables(1);
  const first = tables.of(request(0, 601));
  tables.of(request(0, 641));
  assert.notEqual(tables.of(request(0, 601)), first);
});
