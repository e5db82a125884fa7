import type { DeskEvent, ExecutionPlan, ExecutionState } from '@bellwether/kernel';
import type { Tape } from './tape.ts';
import { type MarketOptions, openMarket, playMarket } from './virtual-market.ts';

export interface RunOnceOptions extends MarketOptions {
  /** Told of fills and of the position's end, beside the journal. */
  readonly desk?: (event: DeskEvent) => void;
}

export interface RunOnceResult {
  readonly execution: ExecutionState | null;
  /** Why nothing was started, when nothing was. */
  readonly refusal: string | null;
  readonly openPositions: number;
}

/** Starts one execution at once, at the first close of the range that the schedule allows, and plays on until it is over and its position is closed. */
export function runOnce(plan: ExecutionPlan, tape: Tape, options: RunOnceOptions): RunOnceResult {
  let execution: ExecutionState | null = null;
  let refusal: string | null = 'the tape has no bar to decide on';
  const market = openMarket(plan, tape, options, {
    desk: (event) => options.desk?.(event),
    skipped: () => undefined,
    ended: (state) => {
      execution = state;
    },
  });
  const { session } = market;
  playMarket(market, (_track, end, isLast) => {
    if (refusal !== null && isLast) refusal = session.runNow(end, 'started by hand');
    const flat = session.desk.openPositions()[Symbol.iterator]().next().done === true;
    return refusal === null && execution !== null && flat ? 'enough' : 'go on';
  });
  return { execution, refusal, openPositions: [...session.desk.openPositions()].length };
}
