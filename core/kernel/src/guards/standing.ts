import type { Refusal } from '@bellwether/domain';

export type StandingState = 'active' | 'reducing' | 'halted';

/** What stands against entries: kill switches, latches and safety states, as the rows say. The strictest counts. */
export interface Standing {
  readonly platform: StandingState;
  readonly account: StandingState;
  readonly accountCause: string | null;
  /** Pipelines that are not active. */
  readonly pipelines: ReadonlyMap<string, StandingState>;
  /** Symbols latched after an emergency close, as `pipelineId symbol`, until the user re-arms. */
  readonly latched: ReadonlySet<string>;
  /** Set once a kill switch asked for it: every own position in scope is closed. */
  readonly flatten: 'none' | 'account' | readonly string[];
}

export const CLEAR_STANDING: Standing = {
  platform: 'active',
  account: 'active',
  accountCause: null,
  pipelines: new Map(),
  latched: new Set(),
  flatten: 'none',
};

const STRICTNESS: Readonly<Record<StandingState, number>> = { active: 0, reducing: 1, halted: 2 };

export function strictest(...states: readonly StandingState[]): StandingState {
  return states.reduce((worst, state) => (STRICTNESS[state] > STRICTNESS[worst] ? state : worst), 'active');
}

/** Returns how a pipeline stands: the strictest of platform, account and its own. */
export function standingOf(standing: Standing, pipelineId: string): StandingState {
  return strictest(standing.platform, standing.account, standing.pipelines.get(pipelineId) ?? 'active');
}

/** Returns why this pipeline may not open this symbol now, or null. */
export function refuseByStanding(standing: Standing, pipelineId: string, symbol: string): Refusal | null {
  const refused = (rule: string, text: string): Refusal => ({
    rule,
    value: null,
    threshold: null,
    distance: null,
    text,
  });
  const state = standingOf(standing, pipelineId);
  if (state === 'halted') {
    const scope =
      standing.platform === 'halted' ? 'the platform' : standing.account === 'halted' ? 'the account' : 'the pipeline';
    return refused(
      'kill_switch',
      `${scope} is halted${standing.accountCause === null ? '' : `: ${standing.accountCause}`}; release it to trade again`,
    );
  }
  if (state === 'reducing')
    return refused(
      'reducing',
      `only exits are sent now${standing.accountCause === null ? '' : `: ${standing.accountCause}`}`,
    );
  if (standing.latched.has(`${pipelineId} ${symbol}`))
    return refused(
      'symbol_latched',
      `entries in ${symbol} stay off after its emergency close until the pipeline is re-armed`,
    );
  return null;
}
