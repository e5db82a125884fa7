import type { CloseReason } from '@bellwether/domain';
import type { StandingState } from '@bellwether/kernel';

/** Says what stands against entries, as the pipeline's row shows it. */
export function standingText(state: StandingState, cause: string | null): string {
  const why = cause === null ? '' : `: ${cause}`;
  return state === 'halted'
    ? `halted${why}; nothing is opened until it is released`
    : `reducing${why}; only exits are sent`;
}

/** Why a position is closed by hand, as its row says; whatever else stands there is for people. */
export function closeReasonOf(text: string | undefined): CloseReason {
  return text === 'emergency' || text === 'kill_switch' ? text : 'manual';
}
