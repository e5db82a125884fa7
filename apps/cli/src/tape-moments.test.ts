import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoTape } from '@bellwether/adapters';
import { MINUTE_MS } from '@bellwether/domain';
import { playMoments, tapeMoments } from './tape-moments.ts';

test('a tape is told as the market would: ends before opens, each session closed once per symbol', async () => {
  const series = await demoTape('opening-range-breakout').load();
  const moments = tapeMoments(series);
  const kinds = (minute: number) => moments[minute]?.steps.map(({ kind }) => kind).join(' ');
  assert.equal(kinds(0), 'open open open');
  assert.equal(kinds(1), 'bar bar bar open open open');
  assert.equal(kinds(390), 'bar bar bar session_end session_end session_end');
  assert.ok(moments.every(({ at }, i) => i === 0 || at > (moments[i - 1]?.at ?? 0)));
  const closes = moments.flatMap(({ steps }) => steps.filter(({ kind }) => kind === 'session_end'));
  assert.equal(closes.length, 10 * 3);
});

test('moments are played at a speed, nights are skipped, and a stop is heeded', async () => {
  const series = await demoTape('trend').load();
  const moments = tapeMoments(series);
  const waited: number[] = [];
  let played = 0;
  await playMoments(moments, {
    speed: 60,
    longestGapMs: MINUTE_MS,
    play: () => void (played += 1),
    wait: async (ms) => waited.push(ms) < 500,
  });
  assert.equal(played, 500);
  assert.ok(
    waited.every((ms) => ms === 1000),
    'a minute is a second, a night not more',
  );
});
