import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UTC_CALENDAR } from '@bellwether/domain';
import {
  at,
  DAY,
  EVERY,
  EVERY5,
  flat,
  minutes,
  QUIET,
  run,
  SessionPlay,
  technical,
  times,
} from './session-play.fixture.ts';

describe('windows', () => {
  const window = (change: Record<string, unknown> = {}) => ({
    schedule_type: 'time_window',
    start_time: '09:35',
    end_time: '15:30',
    ...change,
  });

  test('T12 started before its window it sleeps, wakes at the start, and sleeps after the end', () => {
    const rows = [...flat(DAY, '13:30', '20:00', 5), ...flat('2026-07-07', '13:30', '13:50', 5)];
    const play = run({ triggers: [EVERY5], schedule: window(), tape: [minutes(DAY, rows, '5m')] });
    assert.equal(play.starts.at(0), '07-06 13:35 t0');
    // seed-T3: 300 seconds are enough, fewer are not.
    assert.deepEqual(play.starts.filter((start) => start.startsWith('07-06')).at(-1), '07-06 19:25 t0');
    assert.equal(
      play.starts.find((start) => start.startsWith('07-07')),
      '07-07 13:35 t0',
    );
    for (const state of ['07-06 13:30 sleeping', '07-06 13:35 armed', '07-06 19:30 sleeping', '07-07 13:35 armed'])
      assert.ok(play.states.includes(state), `expected ${state} among ${play.states.join(', ')}`);
  });

  test('run_once is refused outside its window', () => {
    const play = new SessionPlay({
      runMode: 'run_once',
      triggers: [EVERY],
      schedule: window(),
      tape: [minutes(DAY, QUIET)],
    });
    assert.equal(play.start(), 'outside_window');
    assert.equal(play.play().session.startAt(at('13:36')), null);
  });

  test('cycles that meet the end of a window begin again in the next', () => {
    const rows = [...flat(DAY, '19:20', '19:40'), ...flat('2026-07-07', '13:30', '13:38')];
    const { starts } = run({ schedule: window(), tape: [minutes(DAY, rows)] });
    assert.equal(starts.filter((start) => start.startsWith('07-06')).at(-1), '07-06 19:25 cycle');
    assert.deepEqual(
      starts.filter((start) => start.startsWith('07-07')),
      ['07-07 13:35 cycle', '07-07 13:36 cycle', '07-07 13:37 cycle', '07-07 13:38 cycle'],
    );
  });

  test('a trigger before the market opens fires inside its window, and its entry waits for the open', () => {
    const play = run({
      triggers: [times(at('12:30', '2026-07-07'))],
      schedule: window({ start_time: '08:00', end_time: '12:00' }),
      decide: () => [{}],
      tape: [minutes(DAY, ['19:59 100', '2026-07-07 13:30 101', '13:31 101'])],
    });
    assert.deepEqual(play.starts, ['07-07 12:30 t0']);
    assert.deepEqual(play.fills, ['07-07 13:30 buy 100@101 entry']);
  });

  test('with under 300 s left an entry that was decided in time is not sent', () => {
    const play = run({
      triggers: [times(at('19:25'))],
      schedule: window(),
      decide: () => [{}],
      tape: [minutes(DAY, ['19:24 100', '19:26 100', '19:27 100'])],
    });
    assert.deepEqual([play.fills, play.refused], [[], ['window_ending']]);
  });

  test('stop_pipeline_at_end takes down the entries that rest', () => {
    const play = run({
      triggers: [times(at('19:20'))],
      schedule: window(),
      decide: () => [{ limitPrice: 90 }],
      plan: { entryValidMs: 3_600_000 },
      tape: [minutes(DAY, [...flat(DAY, '19:19', '19:31'), '19:31 80'])],
    });
    assert.deepEqual([play.fills, play.refused], [[], ['window_ended']]);
  });

  test('without start and end a pipeline sleeps over its inactive days and wakes after them', () => {
    const play = run({
      triggers: [technical('every_bar', 0, '1m')],
      schedule: {
        schedule_type: 'interval',
        interval_minutes: 60,
        active_during: '24/7',
        market: '24/7',
        timezone: 'UTC',
      },
      calendar: UTC_CALENDAR,
      startAt: at('12:00', '2026-07-04'),
      tape: [minutes('2026-07-04', ['12:00 100', '2026-07-05 23:59 100', '2026-07-06 00:00 100'])],
    });
    assert.deepEqual(play.starts, ['07-06 00:00 t0', '07-06 00:01 t0']);
  });
});

describe('flatten', () => {
  const HALF = '2026-11-27';
  const schedule = {
    schedule_type: 'time_window',
    start_time: '09:35',
    end_time: '15:30',
    flatten_positions_at_end: true,
  };
  const opensAt = (time: string) => ({
    triggers: [times(at(time, HALF))],
    schedule,
    decide: () => [{ stopLoss: 50 }],
  });

  test('seed-T7 a half day flattens at 17:50Z, at the open of the bar that begins then', () => {
    const tape = [minutes(HALF, flat(HALF, '17:30', '18:00'))];
    const play = run({ ...opensAt('17:35'), tape });
    assert.deepEqual(play.fills, ['11-27 17:35 buy 100@100 entry', '11-27 17:50 sell 100@100 eod_flatten']);
  });

  test('bars that would carry a position over the flatten close it at their open', () => {
    const quarter = run({ ...opensAt('17:00'), tape: [minutes(HALF, flat(HALF, '16:30', '18:00', 15), '15m')] });
    assert.deepEqual(quarter.fills.at(-1), '11-27 17:45 sell 100@100 eod_flatten');
    const hours = run({ ...opensAt('16:30'), tape: [minutes(HALF, flat(HALF, '14:30', '18:00', 60), '1h')] });
    assert.deepEqual(hours.fills.at(-1), '11-27 17:30 sell 100@100 eod_flatten');
  });

  test('a flatten that falls between bars acts at the first open after it', () => {
    const play = run({ ...opensAt('17:35'), tape: [minutes(HALF, [...flat(HALF, '17:30', '17:40'), '17:56 99'])] });
    assert.deepEqual(play.fills.at(-1), '11-27 17:56 sell 100@99 eod_flatten');
  });

  test('seed-T1 a flatten that the day did not execute is made up at the next open', () => {
    const rows = [...flat(HALF, '17:30', '17:40'), '2026-11-30 14:30 98'];
    const play = run({ ...opensAt('17:35'), tape: [minutes(HALF, rows)] });
    assert.deepEqual(play.fills.at(-1), '11-30 14:30 sell 100@98 eod_flatten');
  });

  test('nothing is opened in the flatten period, and what rests is taken down', () => {
    const tape = [
      minutes(HALF, [...flat(HALF, '17:30', '17:52'), '17:52 100 100 80 100', ...flat(HALF, '17:53', '18:00')]),
    ];
    const late = run({ ...opensAt('17:50'), tape });
    assert.deepEqual([late.fills, late.refused], [[], ['flatten_period']]);
    const resting = run({
      ...opensAt('17:40'),
      decide: () => [{ limitPrice: 90 }],
      plan: { entryValidMs: 3_600_000 },
      tape,
    });
    assert.deepEqual([resting.fills, resting.refused], [[], ['eod_flatten']]);
  });

  test('seed-T6 flattens once per window, and again in the next', () => {
    const day = (date: string) => flat(date, '19:00', '20:00', 5);
    const play = run({
      triggers: [times(at('19:10'), at('19:10', '2026-07-07'))],
      schedule,
      decide: () => [{}],
      tape: [minutes(DAY, [...day(DAY), ...day('2026-07-07')], '5m')],
    });
    assert.deepEqual(
      play.fills.map((fill) => fill.slice(0, 11)),
      ['07-06 19:10', '07-06 19:30', '07-07 19:10', '07-07 19:30'],
    );
  });

  test('a schedule without a window flattens ten minutes before the close', () => {
    const play = run({
      triggers: [times(at('19:10'))],
      schedule: { ...schedule, schedule_type: 'market_open', start_time: null, end_time: null },
      decide: () => [{}],
      tape: [minutes(DAY, flat(DAY, '19:00', '20:00', 5), '5m')],
    });
    assert.deepEqual(play.fills.at(-1), '07-06 19:50 sell 100@100 eod_flatten');
  });
});

describe('daily limits', () => {
  const limits = (change: Record<string, unknown>) => ({
    schedule_type: 'time_window',
    start_time: '09:30',
    end_time: '16:00',
    ...change,
  });
  const DAYS = [...flat(DAY, '13:30', '13:34'), ...flat('2026-07-07', '13:30', '13:34')];
  const days = [minutes(DAY, DAYS)];

  test('seed-T9 executions are counted by exchange day; a pipeline that reached its limit cools until the next', () => {
    const play = run({ triggers: [EVERY], schedule: limits({ max_executions_per_day: 2 }), tape: days });
    assert.deepEqual(play.starts, ['07-06 13:31 t0', '07-06 13:32 t0', '07-07 13:31 t0', '07-07 13:32 t0']);
    assert.deepEqual(play.skipped, ['07-06 13:33 max_executions_per_day', '07-07 13:33 max_executions_per_day']);
  });

  test('seed-T8 a tick at the very open belongs to the day that begins', () => {
    const play = run({
      runMode: 'run_scheduled',
      schedule: { schedule_type: 'market_open', offset_minutes: 0, max_executions_per_day: 1 },
      tape: [minutes(DAY, [...flat('2026-07-02', '13:30', '13:32'), ...DAYS])],
    });
    assert.deepEqual(
      play.starts.map((start) => start.slice(0, 11)),
      ['07-02 13:30', '07-06 13:30', '07-07 13:30'],
    );
    assert.deepEqual(play.skipped, []);
  });

  test('seed-T11 zero allows none', () => {
    const play = run({ triggers: [EVERY], schedule: limits({ max_executions_per_day: 0 }), tape: days });
    assert.deepEqual(play.starts, []);
  });

  test('an entry that never fills is given back', () => {
    const play = run({
      triggers: [EVERY],
      schedule: limits({ max_trades_per_day: 1 }),
      decide: (_play, start) => (start === 0 ? [{ limitPrice: 90 }] : [{}]),
    });
    assert.deepEqual(play.refused, ['entry_expired']);
    assert.deepEqual(play.fills, ['07-06 13:32 buy 100@100 entry']);
    assert.deepEqual(play.skipped.at(-1)?.slice(12), 'max_trades_per_day');
  });

  test('an entry of yesterday that never fills gives nothing back to today', () => {
    const second = (symbol: string) =>
      minutes(DAY, [...flat(DAY, '19:59', '20:00'), ...flat('2026-07-07', '13:30', '13:36')], '1m', symbol);
    const play = run({
      triggers: [times(at('19:59') + 1, at('13:31', '2026-07-07'), at('13:34', '2026-07-07'))],
      schedule: limits({ max_trades_per_day: 1 }),
      runMode: 'run_continuous',
      decide: (_play, start) => (start === 0 ? [{ limitPrice: 90 }] : [{ symbol: 'MSFT' }]),
      plan: { entryValidMs: 180_000 },
      tape: [second('AAPL'), second('MSFT')],
    });
    // The first is sent at the open of the next day and expires in it.
    assert.deepEqual(play.refused.at(0), 'entry_expired');
    assert.equal(play.fills.length, 1);
  });

  test('seed-T10 a loss equal to the limit, unrealised, stops the day', () => {
    const rows = ['13:30 100', '13:31 100', '13:32 95', '13:33 95', '2026-07-07 13:30 95', '13:31 95'];
    const play = run({
      triggers: [EVERY],
      schedule: limits({ stop_on_daily_loss: 500 }),
      decide: (_play, start) => (start === 0 ? [{}] : null),
      tape: [minutes(DAY, rows)],
    });
    assert.deepEqual(play.skipped, ['07-06 13:33 stop_on_daily_loss']);
    assert.deepEqual(play.starts.at(-1), '07-07 13:32 t0');
  });

  test('seed-T10 a drawdown from the peak halts for good', () => {
    const rows = ['13:30 100', '13:31 100', '13:32 110', '13:33 99', '13:34 99', '2026-07-07 13:30 120', '13:31 120'];
    const play = run({
      triggers: [EVERY],
      schedule: limits({ stop_on_drawdown: 1 }),
      decide: (_play, start) => (start === 0 ? [{}] : null),
      tape: [minutes(DAY, rows)],
    });
    assert.deepEqual(play.skipped, ['07-06 13:34 stop_on_drawdown']);
    assert.equal(play.session.runState, 'halted');
  });
});
