import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TriggerFact } from '@bellwether/domain';
import type { TriggerWatch } from '../agent/define-agent.ts';
import {
  at,
  DAY,
  EVERY,
  EVERY5,
  flat,
  minutes,
  priceOf,
  QUIET,
  run,
  SessionPlay,
  type SessionSketch,
  technical,
  times,
} from './session-play.fixture.ts';

describe('run modes', () => {
  test('run_once starts once, at its first trigger, and is completed', () => {
    const play = run({ runMode: 'run_once', triggers: [EVERY] });
    assert.deepEqual(play.starts, ['07-06 13:31 t0']);
    assert.equal(play.session.runState, 'completed');
  });

  test('run_continuous is armed again after each execution', () => {
    const play = run({ triggers: [EVERY] });
    assert.equal(play.starts.length, 6);
    assert.equal(play.session.runState, 'armed');
  });

  test('without a trigger run_continuous begins cycles at closes, 60 s apart at the least', () => {
    const play = run({ tape: [minutes(DAY, ['13:30 100', '13:31 100', '13:35 100', '13:36 100'])] });
    assert.deepEqual(play.starts, ['07-06 13:31 cycle', '07-06 13:32 cycle', '07-06 13:36 cycle', '07-06 13:37 cycle']);
  });

  test('without a trigger run_once starts at the first close', () => {
    assert.deepEqual(run({ runMode: 'run_once' }).starts, ['07-06 13:31 cycle']);
  });

  test('run_on_signal holds while it has a position and is armed when that has closed', () => {
    const play = run({
      runMode: 'run_on_signal',
      triggers: [EVERY],
      decide: () => [{ stopLoss: 95 }],
      tape: [minutes(DAY, ['13:30 100', '13:31 100', '13:32 100', '13:33 100 100 94 96', '13:34 100', '13:35 100'])],
    });
    assert.deepEqual(play.starts, ['07-06 13:31 t0', '07-06 13:34 t0']);
    assert.deepEqual(play.fills.slice(0, 2), ['07-06 13:31 buy 100@100 entry', '07-06 13:34 sell 100@95 stop']);
    assert.equal(play.session.runState, 'holding');
  });

  test('run_on_signal holds until the last of several positions has closed', () => {
    const play = run({
      runMode: 'run_on_signal',
      triggers: [times(at('13:31'))],
      decide: () => [{ stopLoss: 95 }, { symbol: 'MSFT', stopLoss: 95 }],
      tape: [
        minutes(DAY, ['13:30 100', '13:31 100', '13:32 100 100 94 96', '13:33 100', '13:34 100']),
        minutes(DAY, ['13:30 100', '13:31 100', '13:32 100', '13:33 100', '13:34 100'], '1m', 'MSFT'),
      ],
    });
    assert.equal(play.fills.length, 3);
    assert.equal(play.session.runState, 'holding');
  });

  test('run_scheduled starts at every tick of its schedule, those between bars included', () => {
    const play = run({
      runMode: 'run_scheduled',
      schedule: { schedule_type: 'interval', interval_minutes: 2 },
      tape: [minutes(DAY, ['13:30 100', '13:31 100', '13:37 100'])],
    });
    assert.deepEqual(
      play.starts.map((start) => start.slice(6, 11)),
      ['13:30', '13:32', '13:34', '13:36', '13:38'],
    );
  });

  test('seed-T13 ticks that come outside the window are recorded at their instants, and delay nothing', () => {
    const play = run({
      runMode: 'run_scheduled',
      schedule: {
        schedule_type: 'cron',
        cron_expression: '0 * * * *',
        start_time: '09:45',
        end_time: '11:30',
        active_days: [0, 1, 2, 3, 4, 5, 6],
      },
      tape: [minutes(DAY, [...flat(DAY, '13:30', '15:40', 5), ...flat('2026-07-07', '13:30', '14:10', 5)], '5m')],
    });
    assert.deepEqual(play.starts, ['07-06 14:00 schedule', '07-06 15:00 schedule', '07-07 14:00 schedule']);
    assert.equal(play.skipped.length, 22);
    assert.deepEqual(play.skipped.at(0), '07-06 16:00 outside_window');
    assert.deepEqual(play.skipped.at(-1), '07-07 13:00 outside_window');
  });

  test('seed-T5 a tick during an execution is skipped as overlap, and never made up later', () => {
    const play = run({
      runMode: 'run_scheduled',
      schedule: { schedule_type: 'interval', interval_minutes: 1 },
      // A limit that nobody reaches keeps the execution open for three minutes.
      decide: (_play, start) => (start === 0 ? [{ limitPrice: 90 }] : null),
      plan: { entryValidMs: 180_000 },
    });
    assert.deepEqual(
      play.starts.map((start) => start.slice(6, 11)),
      ['13:30', '13:33', '13:34', '13:35', '13:36'],
    );
    assert.deepEqual(play.skipped, ['07-06 13:31 skipped_overlap', '07-06 13:32 skipped_overlap']);
  });

  test('starting by hand asks the window and the limits as every start does', () => {
    const schedule = {
      schedule_type: 'time_window',
      start_time: '09:30',
      end_time: '09:40',
      max_executions_per_day: 1,
    };
    const play = new SessionPlay({ tape: [minutes(DAY, QUIET)], schedule, runMode: 'run_continuous' });
    play.play(at('13:31'));
    assert.equal(play.session.runNow(at('13:31'), 'by hand'), null);
    assert.equal(play.session.runNow(at('13:31'), 'by hand'), 'max_executions_per_day');
    play.play(at('13:36'));
    assert.equal(play.session.runNow(at('13:36'), 'by hand'), 'window_ending');
  });
});

describe('time inside a bar', () => {
  test('M1 a time trigger sees the bars closed by then, and its order fills at the open of the next bar', () => {
    const seen: number[] = [];
    const play = run({
      triggers: [times(at('13:37'))],
      decide: (of) => {
        seen.push(of.session.view('AAPL').count, of.session.now - at('13:37'));
        return [{}];
      },
      tape: [minutes(DAY, ['13:30 100', '13:35 101', '13:40 102', '13:45 103'], '5m')],
    });
    assert.deepEqual(seen, [1, 0]);
    assert.deepEqual(play.fills, ['07-06 13:40 buy 100@102 entry']);
  });

  test('a coarser bar closes by the passing of time when the market is quiet, and is judged at its end', () => {
    const play = run({
      triggers: [technical('every_bar', 0, '5m')],
      tape: [minutes(DAY, ['13:30 100', '13:33 100', '13:47 100'])],
    });
    assert.deepEqual(play.starts, ['07-06 13:35 t0']);
  });

  test('M1 a time trigger in a quiet stretch does not see the coarser bar that ends after it', () => {
    const bars: number[] = [];
    const play = run({
      triggers: [times(at('13:34'), at('13:36')), technical('every_bar', 1_000, '5m')],
      decide: (of) => {
        bars.push(of.session.view('AAPL').closedBars('5m'));
        return null;
      },
      tape: [minutes(DAY, ['13:30 100', '13:47 100'])],
    });
    assert.deepEqual(play.starts, ['07-06 13:34 t0', '07-06 13:36 t0']);
    assert.deepEqual(bars, [0, 1]);
  });

  test('what falls due over a closed market happens at its own instant, before the open', () => {
    const play = run({
      triggers: [times(at('22:00'), at('08:00', '2026-07-07'))],
      tape: [minutes(DAY, ['19:59 100', '2026-07-07 13:30 100'])],
      decide: (_of, start) => (start === 0 ? [{}] : null),
    });
    assert.deepEqual(play.starts, ['07-06 22:00 t0']);
    assert.deepEqual(play.skipped, ['07-07 08:00 skipped_overlap']);
    assert.deepEqual(play.fills, ['07-07 13:30 buy 100@100 entry']);
  });
});

describe('triggers', () => {
  const closes = (...prices: number[]) =>
    minutes(
      DAY,
      prices.map((price, i) => `13:${30 + i} ${price}`),
    );
  const startsOf = (triggers: readonly TriggerWatch[], ...prices: number[]) =>
    run({ triggers, tape: [closes(...prices)] }).starts.map((start) => start.slice(9));

  test('on_change fires when the condition becomes true, and again only after a false', () => {
    assert.deepEqual(startsOf([technical('on_change', 100)], 99, 101, 102, 100, 101), ['32 t0', '35 t0']);
  });

  test('on_change does not fire when it became true while nobody was armed', () => {
    const play = run({
      triggers: [technical('on_change', 100)],
      tape: [closes(99, 101, 99, 101, 101, 101, 99, 101)],
      // The first execution is open from 13:32 to 13:36: the second rise falls into it.
      decide: (_play, start) => (start === 0 ? [{ limitPrice: 90 }] : null),
      plan: { entryValidMs: 240_000 },
    });
    assert.deepEqual(
      play.starts.map((start) => start.slice(6)),
      ['13:32 t0', '13:38 t0'],
    );
    assert.deepEqual(play.skipped, ['07-06 13:34 skipped_overlap']);
  });

  test('a cooldown keeps a trigger quiet, and one that could not start begins none', () => {
    assert.deepEqual(startsOf([technical('every_bar', 0, '1m', 120_000)], 1, 1, 1, 1, 1), ['31 t0', '33 t0', '35 t0']);
  });

  test('several triggers mean any of them, and one of them at a close', () => {
    assert.deepEqual(startsOf([technical('on_change', 101), technical('on_change', 100)], 99, 101, 102, 103), [
      '32 t1',
      '33 t0',
    ]);
    assert.deepEqual(startsOf([technical('on_change', 100), technical('on_change', 100)], 99, 101, 102), ['32 t0']);
  });

  test('price levels: at or beyond, and crossed', () => {
    const level = (operator: '>=' | '<=' | 'crosses_above' | 'crosses_below') => [priceOf({ operator, value: 100 })];
    assert.deepEqual(startsOf(level('>='), 99, 100, 101), ['32 t0', '33 t0']);
    assert.deepEqual(startsOf(level('<='), 99, 100, 101), ['31 t0', '32 t0']);
    assert.deepEqual(startsOf(level('crosses_above'), 101, 99, 100, 101, 99, 102), ['33 t0', '36 t0']);
    assert.deepEqual(startsOf(level('crosses_below'), 99, 101, 100, 99, 101, 98), ['33 t0', '36 t0']);
  });

  test('once per session means once', () => {
    const tape = [minutes(DAY, ['13:30 101', '13:31 101', '2026-07-07 13:30 101', '13:31 101'])];
    const play = run({ triggers: [priceOf({ oncePerSession: true })], tape });
    assert.deepEqual(play.starts, ['07-06 13:31 t0', '07-07 13:31 t0']);
  });

  test('a move in percent is counted from the close before, from the open, or from the arming', () => {
    const tape = [
      minutes(DAY, ['19:59 100', '2026-07-07 13:30 110 110 110 110', '13:31 115', '13:32 122', '13:33 122']),
    ];
    const moves = (reference: 'previous_close' | 'open' | 'arming', value: number) =>
      run({
        triggers: [priceOf({ operator: 'moves_percent', reference, value, oncePerSession: true })],
        tape,
      }).starts.map((start) => start.slice(3));
    assert.deepEqual(moves('previous_close', 12), ['07 13:32 t0']);
    assert.deepEqual(moves('open', 10), ['07 13:33 t0']);
    // Nothing was seen before the start: the first price that comes is what it was armed at.
    assert.deepEqual(moves('arming', 20), ['07 13:33 t0']);
  });

  test('a move from the arming is counted anew from each arming', () => {
    const triggers = [priceOf({ operator: 'moves_percent', reference: 'arming', value: 5 })];
    assert.deepEqual(startsOf(triggers, 100, 105, 106, 111, 112), ['32 t0', '34 t0']);
  });

  test('a price trigger is not judged again without a new price', () => {
    const play = run({
      triggers: [priceOf({}), technical('every_bar', 1_000, '5m')],
      tape: [minutes(DAY, ['13:30 101', '13:47 99'])],
    });
    assert.deepEqual(play.starts, ['07-06 13:31 t0']);
  });

  test('M1 symbols that close at one instant are all seen, and start one execution', () => {
    const seen: number[] = [];
    const play = run({
      triggers: [EVERY],
      tape: [closes(101, 102), minutes(DAY, ['13:30 50', '13:31 51'], '1m', 'MSFT')],
      decide: (of) => {
        seen.push(of.session.view('AAPL').lastClose, of.session.view('MSFT').lastClose);
        return null;
      },
    });
    assert.deepEqual(play.starts, ['07-06 13:31 t0', '07-06 13:32 t0']);
    assert.deepEqual(seen, [101, 50, 102, 51]);
  });

  test('warm-up decides nothing, and what became true in it is no change', () => {
    const tape = [closes(99, 101, 102, 103, 99, 101)];
    const play = run({ triggers: [technical('on_change', 100)], tape, warm: 3 });
    assert.deepEqual(play.starts, ['07-06 13:36 t0']);
  });
});

describe('margin', () => {
  const rows = ['13:30 100', '13:31 100', '13:32 60', '13:33 60', '13:34 60', '13:35 100', '13:36 100', '13:37 100'];
  const borrowed = {
    triggers: [times(at('13:31'), at('13:34'), at('13:37'))],
    decide: (_play: SessionPlay, start: number, _trigger: TriggerFact) =>
      start === 0 ? [{ quantity: '1990' }] : [{ symbol: 'MSFT', quantity: '1' }],
    tape: [minutes(DAY, rows), minutes(DAY, rows, '1m', 'MSFT')],
  };

  test('M11 under a margin call nothing is opened, until equity is enough again', () => {
    const play = run(borrowed);
    assert.deepEqual(play.refused, ['margin_call']);
    assert.deepEqual(play.fills.at(-1), '07-06 13:37 buy MSFT 1@100 entry');
  });

  test('M11 force_liquidation closes what is held at the next open', () => {
    const play = run({ ...borrowed, mode: { force_liquidation: true } });
    assert.deepEqual(play.fills.slice(1, 2), ['07-06 13:34 sell 1990@60 emergency']);
  });
});

test('a session that was saved and restored in another process goes on as if it had not been', () => {
  const sketch: SessionSketch = {
    triggers: [
      EVERY5,
      times(at('14:02'), at('19:10'), at('14:03', '2026-07-07')),
      priceOf({ operator: 'moves_percent', value: 1 }),
    ],
    schedule: {
      schedule_type: 'time_window',
      start_time: '09:35',
      end_time: '15:30',
      flatten_positions_at_end: true,
      max_executions_per_day: 90,
      stop_on_drawdown: 50,
    },
    decide: (_play, start) => (start % 7 === 3 ? [{ stopLoss: 90, target1: 104, target2: 108 }] : null),
    tape: [
      minutes(
        DAY,
        [...flat(DAY, '13:30', '20:00'), ...flat('2026-07-07', '13:30', '16:00')].map((row, i) =>
          row.replace(/ 100$/, ` ${(100 + 6 * Math.sin(i / 9)).toFixed(2)}`),
        ),
      ),
    ],
  };
  const whole = new SessionPlay(sketch).run();
  assert.ok(whole.fills.length > 10 && whole.starts.length > 60, `${whole.fills.length} fills, ${whole.starts.length}`);
  for (const time of ['13:31', '14:02', '15:00', '19:24', '19:31']) {
    const before = new SessionPlay(sketch);
    before.start();
    before.play(at(time));
    const after = new SessionPlay(sketch).continueFrom(before).play();
    assert.deepEqual([...before.starts, ...after.starts], whole.starts, time);
    assert.deepEqual([...before.fills, ...after.fills], whole.fills, time);
    assert.deepEqual([...before.skipped, ...after.skipped], whole.skipped, time);
    assert.equal(after.session.runState, whole.session.runState);
  }
});
