import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TIMEFRAMES } from '@bellwether/domain';
import { factsSheet, frameBars, type SheetRequest } from './facts-sheet.ts';
import { randomWalk } from './testing.ts';

function sheetOf(timeframes: readonly (typeof TIMEFRAMES)[number][], bars = 300, change: Partial<SheetRequest> = {}) {
  const frames = timeframes.map((timeframe) => frameBars(randomWalk({ seed: timeframe, bars, timeframe }), 600));
  return factsSheet(
    { symbol: 'TEST', decidedAt: 1, forcedFlatAt: null, shortAllowed: true, feed: 'test', frames, ...change },
    null,
  );
}

test('a sheet has at most 60 facts and 3,000 characters, the most telling of every frame', () => {
  const sheet = sheetOf(TIMEFRAMES);
  assert.ok(sheet.facts.length <= 60);
  assert.ok(sheet.facts.reduce((sum, fact) => sum + fact.id.length + fact.text.length + 3, 0) <= 3_000);
  for (const timeframe of TIMEFRAMES) assert.ok(sheet.facts.some((fact) => fact.id === `${timeframe}.trend.ema20_50`));
});

test('frames stand slowest first and ids are unique', () => {
  const sheet = sheetOf(['1h', '1d', '4h']);
  assert.deepEqual(
    sheet.frames.map(({ timeframe }) => timeframe),
    ['1d', '4h', '1h'],
  );
  assert.equal(new Set(sheet.facts.map(({ id }) => id)).size, sheet.facts.length);
  assert.equal(sheet.identity, 'TEST · US · USD · tick 0.01');
});

test('equal bars give an equal sheet, whenever it is made', () => {
  const later = sheetOf(['1h', '1d'], 300, { decidedAt: 99 });
  assert.equal(JSON.stringify(later.facts), JSON.stringify(sheetOf(['1h', '1d']).facts));
});

test('a frame under 120 bars is left out and named', () => {
  const sheet = sheetOf(['1d'], 119);
  assert.deepEqual([sheet.frames.length, sheet.leftOut], [0, ['1d']]);
  assert.equal(sheetOf(['1d'], 120).frames.length, 1);
});

test('facts say what they say in words and with a lean', () => {
  const sheet = sheetOf(['1d']);
  const rising = sheet.facts.find(({ id }) => id === '1d.trend.ema20_50');
  assert.match(rising?.text ?? '', /^EMA20 (above|below) EMA50 by \d+\.\d\d ATR$/);
  assert.equal(rising?.polarity, Math.sign(rising?.value ?? 0));
  assert.ok(sheet.facts.every(({ text }) => !/NaN|-0\.00\b/.test(text)));
});
