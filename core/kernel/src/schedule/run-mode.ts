import { assertNever, type RunMode } from '@bellwether/domain';

/** Where a pipeline stands; trading-rules §10. */
export const RUN_STATES = [
  'stopped',
  'armed',
  'running',
  'holding',
  'sleeping',
  'paused',
  'cooling',
  'halted',
  'completed',
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Where an instant lies: inside a window (or there is none), or outside. */
interface Moment {
  readonly isInsideWindow: boolean;
  /** Whether an entry or position of the pipeline itself lives, over all lanes. */
  readonly hasOwnPosition: boolean;
}

export type RunEvent =
  | ({ readonly kind: 'started' } & Moment)
  | { readonly kind: 'execution_started' }
  | ({ readonly kind: 'execution_ended' } & Moment)
  | { readonly kind: 'position_closed' }
  /** `stopsPipeline` is `stop_pipeline_at_end`: false lets what runs finish. */
  | { readonly kind: 'window_ended'; readonly stopsPipeline: boolean }
  | { readonly kind: 'window_started'; readonly hasOwnPosition: boolean }
  | { readonly kind: 'daily_limit_reached' }
  | ({ readonly kind: 'exchange_day_started' } & Moment)
  /** Drawdown, kill switch. */
  | { readonly kind: 'halted' }
  | { readonly kind: 'released' }
  | { readonly kind: 'paused' }
  | ({ readonly kind: 'resumed' } & Moment)
  | { readonly kind: 'stopped' };

export interface RunStep {
  readonly state: RunState;
  /** Why what the event asked for does not happen. */
  readonly refusal?: 'outside_window' | 'already_started' | 'daily_limit' | 'halted' | 'not_paused';
}

/** Returns the state that follows. Total: an event that means nothing in a state leaves it. */
export function advanceRunState(mode: RunMode, state: RunState, event: RunEvent): RunStep {
  // Only release leads out of a halt.
  if (state === 'halted') {
    if (event.kind === 'released') return { state: 'stopped' };
    return event.kind === 'started' || event.kind === 'resumed' ? { state, refusal: 'halted' } : { state };
  }
  switch (event.kind) {
    case 'halted':
      return { state: 'halted' };
    case 'released':
      return { state };
    case 'started':
      return state === 'stopped' || state === 'completed'
        ? start(mode, state, event)
        : { state, refusal: 'already_started' };
    case 'resumed':
      return state === 'paused' ? start(mode, state, event) : { state, refusal: 'not_paused' };
    case 'stopped':
      return { state: state === 'completed' ? state : 'stopped' };
    case 'paused':
      return { state: state === 'stopped' || state === 'completed' ? state : 'paused' };
    case 'execution_started':
      return { state: state === 'armed' ? 'running' : state };
    case 'execution_ended':
      return { state: afterExecution(mode, state, event) };
    case 'position_closed':
      return { state: state === 'holding' ? 'armed' : state };
    case 'window_ended':
      return { state: afterWindow(mode, state, event.stopsPipeline) };
    case 'window_started':
      return { state: state === 'sleeping' ? armedOrHolding(mode, event.hasOwnPosition) : state };
    case 'daily_limit_reached':
      return atDailyLimit(mode, state);
    case 'exchange_day_started':
      if (state !== 'cooling') return { state };
      return { state: event.isInsideWindow ? armedOrHolding(mode, event.hasOwnPosition) : awaitingWindow(mode) };
    default:
      return assertNever(event);
  }
}

function start(mode: RunMode, state: RunState, moment: Moment): RunStep {
  if (moment.isInsideWindow) return { state: armedOrHolding(mode, moment.hasOwnPosition) };
  return mode === 'run_once' ? { state, refusal: 'outside_window' } : { state: awaitingWindow(mode) };
}

function armedOrHolding(mode: RunMode, hasOwnPosition: boolean): RunState {
  return mode === 'run_on_signal' && hasOwnPosition ? 'holding' : 'armed';
}

/** A scheduled pipeline waits for its tick, which lies inside its window anyway. */
function awaitingWindow(mode: RunMode): RunState {
  return mode === 'run_scheduled' ? 'armed' : 'sleeping';
}

function afterExecution(mode: RunMode, state: RunState, moment: Moment): RunState {
  if (mode === 'run_once')
    return state === 'running' || state === 'paused' || state === 'cooling' ? 'completed' : state;
  if (state !== 'running') return state;
  if (!moment.isInsideWindow) return 'sleeping';
  return armedOrHolding(mode, moment.hasOwnPosition);
}

function afterWindow(mode: RunMode, state: RunState, stopsPipeline: boolean): RunState {
  if (state === 'running' && !stopsPipeline) return state;
  if (state !== 'armed' && state !== 'running' && state !== 'holding') return state;
  return mode === 'run_once' ? 'completed' : 'sleeping';
}

function atDailyLimit(mode: RunMode, state: RunState): RunStep {
  if (state === 'stopped' || state === 'completed') return { state, refusal: 'daily_limit' };
  if (state === 'paused') return { state };
  return mode === 'run_once' ? { state: 'stopped', refusal: 'daily_limit' } : { state: 'cooling' };
}
