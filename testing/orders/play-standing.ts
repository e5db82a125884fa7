import { CLEAR_STANDING, type Standing, type StandingChange, type StandingState, strictest } from '@bellwether/kernel';

interface Row {
  readonly scope: 'platform' | 'account' | 'pipeline';
  readonly pipelineId: string | null;
  readonly state: StandingState;
  readonly cause: string;
  readonly flatten: boolean;
}

/** Kill switches and safety states as rows, and what they come to. */
export class PlayStanding {
  #rows: Row[] = [];

  get now(): Standing {
    const of = (scope: Row['scope']) => this.#rows.filter((row) => row.scope === scope);
    const pipelines = new Map<string, StandingState>();
    for (const { pipelineId, state } of of('pipeline'))
      if (pipelineId !== null) pipelines.set(pipelineId, strictest(pipelines.get(pipelineId) ?? 'active', state));
    const flattened = of('pipeline').flatMap(({ flatten, pipelineId }) =>
      flatten && pipelineId !== null ? [pipelineId] : [],
    );
    const all = [...of('platform'), ...of('account')];
    return {
      ...CLEAR_STANDING,
      platform: strictest(...of('platform').map(({ state }) => state)),
      account: strictest(...of('account').map(({ state }) => state)),
      accountCause: of('account')[0]?.cause ?? null,
      pipelines,
      flatten: all.some(({ flatten }) => flatten) ? 'account' : flattened.length > 0 ? flattened : 'none',
    };
  }

  get isClear(): boolean {
    return this.#rows.length === 0;
  }

  /** Engages a kill switch. */
  engage(scope: Row['scope'], pipelineId: string | null, flatten: boolean): void {
    this.#rows.push({ scope, pipelineId, state: 'halted', cause: 'kill_switch', flatten });
  }

  /** What the machine demands. */
  demand({ scope, pipelineId, state, cause }: StandingChange): void {
    this.#rows = this.#rows.filter(
      (row) => row.cause !== cause || row.scope !== scope || row.pipelineId !== pipelineId,
    );
    if (state !== 'active') this.#rows.push({ scope, pipelineId, state, cause, flatten: false });
  }

  release(): void {
    this.#rows = [];
  }
}
