import { type EpochMs, type Money, NO_MONEY, notional } from '@bellwether/domain';
import type { AccountSnapshot } from '../account/account-effects.ts';
import { averageEntry, type PositionRecord, realizedPnl } from '../position/position-state.ts';
import type { Marks } from './desk-account.ts';

/** Plain data but for bigints. */
export interface BrokerWorthState {
  readonly basis: AccountBasis | null;
  readonly realized: Money;
}

/** The account as its broker said it while this pipeline held nothing. */
interface AccountBasis {
  readonly at: EpochMs;
  readonly equity: Money;
  readonly buyingPower: Money;
  readonly closingOnly: boolean;
}

/**
 * What a broker account is worth to one pipeline at the marks of a decision: the broker's figures of when it was last flat, and what its own
 * positions made since. A newer figure, taken while it holds shares, would be marked at another price than the decision.
 */
export class BrokerWorth {
  #basis: AccountBasis | null = null;
  #realized: Money = NO_MONEY;
  /** Newer than everything that has been heard; it counts once nothing is open. */
  #fresh: AccountSnapshot | null = null;

  get isKnown(): boolean {
    return this.#basis !== null;
  }

  get closingOnly(): boolean {
    return this.#basis?.closingOnly ?? false;
  }

  /** Something happened that a snapshot taken before it does not count. */
  outdate(): void {
    this.#fresh = null;
  }

  takeSnapshot(snapshot: AccountSnapshot): void {
    const basis = this.#basis;
    if (basis !== null && snapshot.at <= basis.at) return;
    this.#fresh = snapshot;
    if (basis === null) this.flat();
    else this.#basis = { ...basis, closingOnly: snapshot.closingOnly || snapshot.blocked };
  }

  /** Nothing is open, and everything heard has been told. */
  flat(): void {
    if (this.#fresh === null) return;
    const { at, equity, buyingPower, closingOnly, blocked } = this.#fresh;
    this.#basis = { at, equity, buyingPower, closingOnly: closingOnly || blocked };
    this.#realized = NO_MONEY;
    this.#fresh = null;
  }

  closed(position: PositionRecord): void {
    this.#realized = (this.#realized + realizedPnl(position)) as Money;
  }

  equity(positions: Iterable<PositionRecord>, marks: Marks): Money {
    let equity = (this.#basis?.equity ?? 0n) + this.#realized;
    for (const position of positions) equity += realizedPnl(position) + unrealizedPnl(position, marks);
    return equity as Money;
  }

  cash(positions: readonly PositionRecord[], marks: Marks): Money {
    let cash = this.equity(positions, marks) as bigint;
    for (const position of positions) cash -= signedValue(position, marks);
    return cash as Money;
  }

  /** The broker's figure, moved as equity moved since, less what the positions take. */
  buyingPower(positions: readonly PositionRecord[], marks: Marks): Money {
    const basis = this.#basis;
    if (basis === null || basis.equity <= 0n) return NO_MONEY;
    let power = (basis.buyingPower * this.equity(positions, marks)) / basis.equity;
    for (const position of positions) {
      const value = signedValue(position, marks);
      power -= value < 0n ? -value : value;
    }
    return power as Money;
  }

  saveState(): BrokerWorthState {
    return { basis: this.#basis, realized: this.#realized };
  }

  restoreState({ basis, realized }: BrokerWorthState): void {
    this.#basis = basis;
    this.#realized = realized;
  }
}

function signedValue(position: PositionRecord, marks: Marks): bigint {
  const value = notional(marks.get(position.symbol) ?? averageEntry(position), position.quantity);
  return position.side === 'long' ? value : -value;
}

function unrealizedPnl(position: PositionRecord, marks: Marks): bigint {
  if (position.quantity === 0n) return 0n;
  const value = signedValue(position, marks);
  // What is left of the entry after the cost of the shares that were sold, as `realizedPnl` counts it.
  const { entryAmount, exitedQuantity, enteredQuantity } = position;
  const cost = entryAmount - (entryAmount * exitedQuantity) / enteredQuantity;
  return position.side === 'long' ? value - cost : value + cost;
}
