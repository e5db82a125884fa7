import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RUN_MODES, type RunMode } from '@bellwether/domain';
import fc from 'fast-check';
import { advanceRunState, RUN_STATES, type RunEvent, type RunState } from './run-mode.ts';

const inside = { isInsideWindow: true, hasOwnPosition: false };
const outside = { isInsideWindow: false, hasOwnPosition: false };
const holding = { isInsideWindow: true, hasOwnPosition: true };

/** One row of the table in trading-rules §10: what each mode becomes, in the order of `RUN_MODES`. */
const TABLE: readonly [string, RunState, RunEvent, readonly string[]][] = [
  ['start inside window', 'stopped', { kind: 'started', ...inside }, ['armed', 'armed', 'armed', 'armed']],
  [
    'start before window',
    'stopped',
    { kind: 'started', ...outside },
    ['stopped refused outside_window', 'sleeping', 'armed', 'sleeping'],
  ],
  ['the trigger fires', 'armed', { kind: 'execution_started' }, ['running', 'running', 'running', 'running']],
  [
    'execution ends, no position',
    'running',
    { kind: 'execution_ended', ...inside },
    ['completed', 'armed', 'armed', 'armed'],
  ],
  [
    'execution ends, own position open',
    'running',
    { kind: 'execution_ended', ...holding },
    ['completed', 'armed', 'armed', 'holding'],
  ],
  [
    'execution ends after the window',
    'running',
    { kind: 'execution_ended', ...outside },
    ['completed', 'sleeping', 'sleeping', 'sleeping'],
  ],
  ['position closes', 'holding', { kind: 'position_closed' }, ['armed', 'armed', 'armed', 'armed']],
  [
    'window ends',
    'armed',
    { kind: 'window_ended', stopsPipeline: true },
    ['completed', 'sleeping', 'sleeping', 'sleeping'],
  ],
  [
    'window ends while running',
    'running',
    { kind: 'window_ended', stopsPipeline: true },
    ['completed', 'sleeping', 'sleeping', 'sleeping'],
  ],
  [
    'window ends while running, which may finish',
    'running',
    { kind: 'window_ended', stopsPipeline: false },
    ['running', 'running', 'running', 'running'],
  ],
  ['next window', 'sleeping', { kind: 'window_started', hasOwnPosition: false }, ['armed', 'armed', 'armed', 'armed']],
  [
    'next window with own position',
    'sleeping',
    { kind: 'window_started', hasOwnPosition: true },
    ['armed', 'armed', 'armed', 'holding'],
  ],
  [
    'daily limit reached',
    'armed',
    { kind: 'daily_limit_reached' },
    ['stopped refused daily_limit', 'cooling', 'cooling', 'cooling'],
  ],
  [
    'next exchange day inside the window',
    'cooling',
    { kind: 'exchange_day_started', ...inside },
    ['armed', 'armed', 'armed', 'armed'],
  ],
  [
    'next exchange day before the window',
    'cooling',
    { kind: 'exchange_day_started', ...outside },
    ['sleeping', 'sleeping', 'armed', 'sleeping'],
  ],
  ['halt', 'running', { kind: 'halted' }, ['halted', 'halted', 'halted', 'halted']],
  ['release', 'halted', { kind: 'released' }, ['stopped', 'stopped', 'stopped', 'stopped']],
  ['user pause', 'running', { kind: 'paused' }, ['paused', 'paused', 'paused', 'paused']],
  ['user resume', 'paused', { kind: 'resumed', ...inside }, ['armed', 'armed', 'armed', 'armed']],
  [
    'user resume outside the window',
    'paused',
    { kind: 'resumed', ...outside },
    ['paused refused outside_window', 'sleeping', 'armed', 'sleeping'],
  ],
  ['user resume with own position', 'paused', { kind: 'resumed', ...holding }, ['armed', 'armed', 'armed', 'holding']],
  ['user stop', 'running', { kind: 'stopped' }, ['stopped', 'stopped', 'stopped', 'stopped']],
];

const told = (mode: RunMode, state: RunState, event: RunEvent) => {
  const step = advanceRunState(mode, state, event);
  return step.refusal === undefined ? step.state : `${step.state} refused ${step.refusal}`;
};

for (const [what, state, event, expected] of TABLE) {
  test(`run modes: ${what}`, () => {
    assert.deepEqual(
      RUN_MODES.map((mode) => told(mode, state, event)),
      expected,
    );
  });
}

test('a paused pipeline keeps what runs and starts nothing new', () => {
  for (const kind of ['position_closed', 'execution_started', 'daily_limit_reached'] as const) {
    assert.equal(advanceRunState('run_continuous', 'paused', { kind }).state, 'paused');
  }
  assert.equal(advanceRunState('run_once', 'paused', { kind: 'execution_ended', ...inside }).state, 'completed');
});

test('seed-T18: exits of a cooling pipeline go on and nothing but the next exchange day re-arms it', () => {
  for (const event of [
    { kind: 'position_closed' },
    { kind: 'window_started', hasOwnPosition: false },
    { kind: 'execution_ended', ...inside },
    { kind: 'execution_started' },
  ] as const) {
    assert.equal(advanceRunState('run_continuous', 'cooling', event).state, 'cooling');
  }
});

const moment = fc.record({ isInsideWindow: fc.boolean(), hasOwnPosition: fc.boolean() });
const anyEvent: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.constantFrom<RunEvent>(
    { kind: 'execution_started' },
    { kind: 'position_closed' },
    { kind: 'daily_limit_reached' },
    { kind: 'paused' },
    { kind: 'stopped' },
    { kind: 'window_ended', stopsPipeline: true },
    { kind: 'window_ended', stopsPipeline: false },
    { kind: 'window_started', hasOwnPosition: true },
  ),
  fc
    .tuple(fc.constantFrom('started', 'execution_ended', 'exchange_day_started', 'resumed'), moment)
    .map(([kind, when]) => ({ kind, ...when }) as RunEvent),
);

test('only release leads out of a halt, and only an armed pipeline begins to run', () => {
  fc.assert(
    fc.property(fc.constantFrom(...RUN_MODES), fc.constantFrom(...RUN_STATES), anyEvent, (mode, state, event) => {
      const next = advanceRunState(mode, state, event).state;
      if (state === 'halted') assert.equal(next, 'halted');
      if (next === 'running') assert.ok(state === 'running' || state === 'armed');
      if (state === 'stopped' && event.kind !== 'started') assert.equal(next, 'stopped');
      if (next === 'holding' && state !== 'holding') assert.equal(mode, 'run_on_signal');
    }),
    { numRuns: 2000 },
  );
});
