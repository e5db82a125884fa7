import { BellwetherError } from '@bellwether/domain';
import type { Desk, DeskEvent, DeskState, ExecutionPlan } from '@bellwether/kernel';
import { OrderDesk } from '@bellwether/kernel';
import { type ExchangeState, exchangeSettingsFrom, SimulatedExchange } from '@bellwether/matching';
import type { AccountPlace, AccountPlaceState } from './account-place.ts';
import type { Digests } from './digests.ts';

/** Where a session trades: a simulated account of its own, or an account at a broker. */
export type Place = SimulatedPlace | AccountPlace;

/** What a place must remember. Plain data but for bigints. */
export type PlaceState = SimulatedPlaceState | AccountPlaceState;

export interface SimulatedPlaceState {
  readonly kind: 'simulated';
  readonly desk: DeskState;
  readonly exchange: ExchangeState;
}

/** Gives a place its memory back. A session keeps the place it began with, whatever is configured since. */
export function restorePlace(place: Place, state: PlaceState): void {
  if (place.kind === 'simulated' && state.kind === 'simulated') return place.restoreState(state);
  if (place.kind === 'account' && state.kind === 'account') return place.restoreState(state);
  throw new BellwetherError(
    'invalid',
    'pipeline/not-runnable',
    `expected a session that trades on ${state.kind === 'account' ? 'a broker account' : 'a simulated account'}, its pipeline now has ${place.kind === 'account' ? 'a broker account' : 'a simulated one'}; start it again`,
  );
}

/** The pipeline's own simulated account, in this process's memory. */
export class SimulatedPlace {
  readonly kind = 'simulated';
  readonly exchange: SimulatedExchange;
  readonly #plan: ExecutionPlan;
  readonly #names: { readonly installation: string; readonly account: string };
  readonly #sha256: Digests;
  #desk: OrderDesk | null = null;

  constructor(plan: ExecutionPlan, names: { installation: string; account: string }, sha256: Digests) {
    this.#plan = plan;
    this.#names = names;
    this.#sha256 = sha256;
    // A forced liquidation is the session's: the desk owns every order, and closes by its own protocol.
    this.exchange = new SimulatedExchange(exchangeSettingsFrom({ ...plan.pipeline.mode, forceLiquidation: false }));
  }

  openDesk(emit: (event: DeskEvent) => void): Desk {
    const { mode, tradingMode } = this.#plan.pipeline;
    this.#desk = new OrderDesk(
      this.exchange,
      {
        ...this.#names,
        allowShort: true,
        commission: mode.commission,
        validationOnly: tradingMode === 'validation',
        splitAtEntry: mode.profile === 'ideal',
      },
      this.#sha256.base64url,
      emit,
    );
    return this.#desk;
  }

  saveState(): SimulatedPlaceState {
    return { kind: 'simulated', desk: this.#opened().saveState(), exchange: this.exchange.saveState() };
  }

  restoreState({ desk, exchange }: SimulatedPlaceState): void {
    this.exchange.restoreState(exchange);
    this.#opened().restoreState(desk);
  }

  #opened(): OrderDesk {
    if (this.#desk === null) throw new TypeError('expected a desk that was opened by its session');
    return this.#desk;
  }
}
