import {
  type EpochMs,
  formatQuantity,
  type Money,
  NO_QUANTITY,
  notional,
  type Price,
  type Quantity,
} from '@bellwether/domain';
import type { BrokerPosition } from '@bellwether/ports';
import { averageEntry } from '../position/position-state.ts';
import type { Holding } from './account-effects.ts';
import type { AccountLedger } from './account-ledger.ts';
import { type AccountPosition, isUncertain, signedQuantity } from './account-position.ts';
import type { AccountWorld } from './account-world.ts';
import type { Findings } from './stray-orders.ts';

/** Quantity drift counts when seen twice so far apart, with no event of ours in between. */
export const CONFIRM_MS = 15_000;

/** Whom a difference concerns besides the one who finds it. */
export interface DriftFindings extends Findings {
  /** When the orders were asked for that were read last. */
  ordersAskedAt(): EpochMs;
  readOrders(): void;
  changed(position: AccountPosition): void;
}

/**
 * broker's shares ─▶ less our own ─▶ what a stranger holds, bought or sold (trading-rules §7)
 *
 * Invariants: a quantity counts as drift only when it was seen twice 15 s apart with nothing of ours in between and orders read after the first
 * look; what is not ours is never touched.
 */
export class ShareDrift {
  readonly #world: AccountWorld;
  readonly #ledger: AccountLedger;
  readonly #findings: DriftFindings;
  readonly #seen = new Map<string, { readonly difference: bigint; readonly at: EpochMs }>();
  #externalChanged = false;

  constructor(world: AccountWorld, ledger: AccountLedger, findings: DriftFindings) {
    this.#world = world;
    this.#ledger = ledger;
    this.#findings = findings;
  }

  /** All shares that no pipeline owns, when they have changed since this was asked last; else null. */
  takeExternal(): readonly Holding[] | null {
    if (!this.#externalChanged) return null;
    this.#externalChanged = false;
    return [...this.#world.external.values()];
  }

  /** Whether some difference waits for its second look. */
  get isOpen(): boolean {
    return this.#seen.size > 0;
  }

  /** When each open difference was seen first. */
  *seenAt(): Iterable<EpochMs> {
    for (const { at } of this.#seen.values()) yield at;
  }

  /** Compares what the broker holds, asked for at `askedAt`, with the ledger, symbol by symbol. */
  compare(positions: readonly BrokerPosition[], askedAt: EpochMs): void {
    const bySymbol = new Map(positions.map((position) => [position.symbol, position]));
    const symbols = new Set([
      ...bySymbol.keys(),
      ...this.#world.external.keys(),
      ...[...this.#ledger.open()].map(({ symbol }) => symbol),
    ]);
    for (const symbol of symbols) {
      const held = bySymbol.get(symbol);
      this.#compare(symbol, held?.quantity ?? NO_QUANTITY, held?.averageEntry ?? (0n as Price), askedAt);
    }
    for (const symbol of [...this.#seen.keys()]) if (!symbols.has(symbol)) this.#cleared(symbol);
  }

  #compare(symbol: string, net: Quantity, average: Price, askedAt: EpochMs): void {
    const own = this.#ledger.openIn(symbol).reduce((sum, position) => sum + signedQuantity(position), 0n);
    const external = this.#world.external.get(symbol)?.quantity ?? 0n;
    const difference = net - own;
    if (difference === external) return this.#cleared(symbol);
    const isMoving = this.#ledger
      .openIn(symbol)
      .some((position) => position.orders.some((order) => isUncertain(order)));
    if (isMoving || askedAt <= (this.#world.filledAt.get(symbol) ?? 0)) return this.#cleared(symbol);
    const seen = this.#seen.get(symbol);
    if (seen === undefined || seen.difference !== difference || seen.at < (this.#world.filledAt.get(symbol) ?? 0)) {
      this.#seen.set(symbol, { difference, at: askedAt });
      this.#world.drifting.add(symbol);
      // A fill that nobody told explains it more often than a stranger does.
      this.#findings.readOrders();
      return;
    }
    if (askedAt - seen.at < CONFIRM_MS) return;
    if (this.#findings.ordersAskedAt() <= seen.at) return this.#findings.readOrders();
    this.#cleared(symbol);
    this.#drifted(symbol, net, own, average);
  }

  #cleared(symbol: string): void {
    this.#seen.delete(symbol);
    this.#world.drifting.delete(symbol);
  }

  #drifted(symbol: string, net: Quantity, own: bigint, average: Price): void {
    const isSameSide = own === 0n || net > 0n === own > 0n;
    if (own === 0n || (net !== 0n && isSameSide && abs(net) >= abs(own))) {
      const external = (net - own) as Quantity;
      this.#setExternal(symbol, external, average);
      this.#findings.note(
        'external_shares',
        symbol,
        `the broker holds ${formatQuantity(abs(external) as Quantity)} ${symbol} that no pipeline owns`,
        'left alone; entries in the symbol are blocked',
      );
      return;
    }
    const sold = net !== 0n && isSameSide ? abs(own) - abs(net) : abs(own);
    if (net !== 0n && !isSameSide) {
      const text = `the broker is ${net > 0n ? 'long' : 'short'} ${formatQuantity(abs(net) as Quantity)} ${symbol} against our own side`;
      this.#world.demand({ scope: 'account', pipelineId: null, state: 'halted', cause: 'sign_flip', text });
      this.#findings.page('sign_flip', symbol, text);
      this.#setExternal(symbol, net, average);
    } else this.#setExternal(symbol, NO_QUANTITY, average);
    this.#findings.note(
      'external_sale',
      symbol,
      `${formatQuantity(sold as Quantity)} of our ${symbol} were sold outside`,
      'positions shrunk, newest first',
    );
    this.#shrink(symbol, sold);
  }

  /** Somebody sold what was ours: the newest position gives first, at the newest price we know. */
  #shrink(symbol: string, sold: bigint): void {
    let left = sold;
    const newestFirst = this.#ledger.openIn(symbol).sort((a, b) => (b.openedAt ?? 0) - (a.openedAt ?? 0));
    for (const position of newestFirst) {
      if (left <= 0n) return;
      const taken = (left < position.quantity ? left : position.quantity) as Quantity;
      if (taken === 0n) continue;
      const price = this.#world.marks.get(symbol) ?? averageEntry(position);
      position.quantity = (position.quantity - taken) as Quantity;
      position.exitedQuantity = (position.exitedQuantity + taken) as Quantity;
      const amount = notional(price, taken);
      position.exitAmount = (position.exitAmount + amount) as Money;
      position.externalQuantity = (position.externalQuantity + taken) as Quantity;
      position.externalAmount = (position.externalAmount + amount) as Money;
      left -= taken;
      this.#world.alert(
        'alarm',
        'external_sale',
        `${formatQuantity(taken)} ${symbol} of this position were sold outside of Bellwether; its exits shrink with it`,
        {
          symbol,
          positionId: position.positionId,
          pipelineId: position.pipelineId,
        },
      );
      this.#ledger.positionChanged(position);
      this.#findings.changed(position);
    }
  }

  #setExternal(symbol: string, quantity: Quantity, averageEntryPrice: Price): void {
    if ((this.#world.external.get(symbol)?.quantity ?? 0n) === quantity) return;
    this.#externalChanged = true;
    if (quantity === 0n) this.#world.external.delete(symbol);
    else this.#world.external.set(symbol, { symbol, quantity, averageEntry: averageEntryPrice });
  }
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
