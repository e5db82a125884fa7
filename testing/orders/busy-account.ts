import { ONE_SHARE, SECOND_MS } from '@bellwether/domain';
import { CALM_WIRE } from '@bellwether/ports/testing';
import type { AccountPlay } from './account-play.ts';
import { closeProposal, entryProposal } from './proposals.ts';

export const BUSY_PRICES = { AAPL: 100, MSFT: 50, NVDA: 80 } as const;

/** A few pipelines, each with a symbol of its own, that open, hold and close: a day's work for plays about what goes wrong meanwhile. */
export class BusyAccount {
  readonly keys: string[] = [];
  readonly #play: AccountPlay;
  readonly #chance: () => number;

  constructor(play: AccountPlay, chance: () => number) {
    this.#play = play;
    this.#chance = chance;
  }

  /** One entry for each symbol within `overMs`; some are closed by their pipeline, some run into stop or target. */
  begin(overMs: number): void {
    for (const symbol of this.#play.market.symbols())
      this.open(symbol, this.#play.now + 1_000 + this.#chance() * overMs);
  }

  open(symbol: string, at: number): void {
    const play = this.#play;
    const side = this.#chance() < 0.5 ? 'buy' : 'sell';
    const pipelineId = `pipeline-${symbol}`;
    const key = `${symbol}-${this.keys.length}`;
    this.keys.push(key);
    const shares = 2 + Math.floor(this.#chance() * 40);
    const leads = this.#chance();
    const closesAfter = this.#chance() < 0.4 ? 5_000 + this.#chance() * 40_000 : null;
    play.at(at, () => {
      const walk = play.market.walk(symbol);
      // Toward the targets, toward the stop, or nowhere.
      walk.drift = (side === 'buy' ? 1 : -1) * (leads < 0.5 ? 0.0006 : leads < 0.75 ? -0.0006 : 0);
      play.propose(entryProposal({ key, pipelineId, symbol, side, shares, price: walk.price, at: play.now }));
    });
    if (closesAfter === null) return;
    play.at(at + closesAfter, () => {
      const away = side === 'buy' ? 'sell' : 'buy';
      play.propose(closeProposal({ key: `${key}-exit`, pipelineId, symbol, side: away, at: play.now }));
    });
  }

  /** The trouble ends, and everything is closed. */
  finish(key: string): void {
    const { brokerage, wire } = this.#play;
    wire.faults = CALM_WIRE;
    brokerage.habits = {
      ...brokerage.habits,
      stuckCancelRate: 0,
      refuseExitRate: 0,
      refuseReplaceRate: 0,
      positionsLagMs: 0,
      hiddenRate: 0,
    };
    for (const symbol of this.#play.market.symbols()) this.#play.market.halt(symbol, false);
    for (const { positionId, status } of this.#play.positions())
      if (status !== 'closed') this.#play.close(`${key}-${positionId}`, positionId, 'manual');
  }

  /** Runs to the end: closes are asked again every minute, for what an entry brought late. */
  settle(withinMs: number): void {
    const until = this.#play.now + withinMs;
    for (let round = 0; this.#play.now < until && !this.isFlat(); round++) {
      this.finish(`finish-${round}`);
      this.#play.run(Math.min(until, this.#play.now + 60 * SECOND_MS), () => this.isFlat());
    }
    // What was told of the end is still on its way.
    this.#play.run(this.#play.now + 10 * SECOND_MS);
  }

  isFlat(): boolean {
    const { brokerage, market } = this.#play;
    const isQuiet = [...market.symbols()].every(
      (symbol) => brokerage.truth.own(symbol) === 0n && brokerage.live(symbol).length === 0,
    );
    return isQuiet && this.#play.machine !== null && this.#play.positions().every(({ status }) => status === 'closed');
  }

  /** What was lost, doubled, not known to the ledger, or not flat in the end. */
  failures(): string[] {
    const play = this.#play;
    const failures = [...play.violations];
    for (const key of this.keys)
      if (!play.settled.has(`${key}-c`)) failures.push(`lost: nothing became of proposal ${key}`);
    for (const symbol of play.market.symbols()) {
      const own = play.brokerage.truth.own(symbol);
      if (own !== 0n) failures.push(`not flat: ${own / ONE_SHARE} ${symbol}`);
    }
    for (const { status, positionId } of play.positions())
      if (status !== 'closed') failures.push(`not flat: ${positionId} is ${status}`);
    return [...failures, ...this.#unknownOrders()];
  }

  /** Every order of ours at the broker has a row, and the row has its fills. */
  #unknownOrders(): string[] {
    const { brokerage, everyRow } = this.#play;
    const byBrokerId = new Map([...everyRow.values()].map((row) => [row.brokerOrderId ?? '', row]));
    return brokerage.orders.flatMap((order) => {
      if (order.by === 'user') return [];
      const row = everyRow.get(order.clientOrderId) ?? byBrokerId.get(order.id);
      if (row !== undefined)
        return row.filledQuantity === order.filled
          ? []
          : [`${row.purpose}/${row.leg}/${row.seq} filled ${order.filled} there, ${row.filledQuantity} here`];
      // Legs that never held anything need no number of their own.
      return order.clientOrderId.startsWith('leg-') && order.filled === 0n
        ? []
        : [`unknown to the ledger: ${order.clientOrderId}`];
    });
  }
}
