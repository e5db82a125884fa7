import {
  BellwetherError,
  divideHalfEven,
  type Fill,
  type Money,
  notional,
  type Price,
  type Quantity,
  RATIO_ONE,
  ratioFromNumber,
} from '@bellwether/domain';
import type { ExchangePosition, Marks } from './exchange.ts';

const MAINTENANCE_LONG = ratioFromNumber(0.25);
const MAINTENANCE_SHORT = ratioFromNumber(0.3);

interface Holding {
  readonly position: ExchangePosition;
  /** Σ price × quantity of the shares held, exact, in 10⁻¹⁸ USD; has the position's sign. */
  readonly cost: bigint;
}

/** The ledger as plain JSON; fixed-point numbers as decimal integers in their units. */
export interface LedgerState {
  readonly cash: string;
  readonly commission: string;
  readonly positions: readonly { readonly symbol: string; readonly quantity: string; readonly cost: string }[];
}

/**
 * Cash and netted positions of one account.
 *
 * Invariants: 1. cash = initial cash − Σ signed booked amounts − commissions ± dividends ± transfers, to 10⁻⁶.
 * 2. no fill carries a position through zero. 3. a flat symbol has no entry.
 */
export class ExchangeLedger {
  #cash: Money;
  #commission = 0n as Money;
  readonly #holdings = new Map<string, Holding>();

  constructor(initialCash: Money) {
    this.#cash = initialCash;
  }

  get cash(): Money {
    return this.#cash;
  }
  get commission(): Money {
    return this.#commission;
  }

  position(symbol: string): ExchangePosition {
    return this.#holdings.get(symbol)?.position ?? { symbol, quantity: 0n as Quantity, averageEntry: 0n as Price };
  }

  quantity(symbol: string): Quantity {
    return this.#holdings.get(symbol)?.position.quantity ?? (0n as Quantity);
  }

  positions(): readonly ExchangePosition[] {
    return [...this.#holdings.values()].map((holding) => holding.position);
  }

  /** Books a fill. Throws `ledger/unbalanced` when it would carry the position through zero: a reversal is a close and an entry. */
  book(fill: Fill): void {
    const held = this.#holdings.get(fill.symbol);
    const before = held?.position.quantity ?? 0n;
    const signed = fill.side === 'buy' ? fill.quantity : -fill.quantity;
    const after = before + signed;
    if ((before > 0n && after < 0n) || (before < 0n && after > 0n)) {
      throw new BellwetherError(
        'bug',
        'ledger/unbalanced',
        `expected ${fill.clientOrderId} to close at most ${before} of ${fill.symbol}, was ${signed}`,
      );
    }
    const reduces = before !== 0n && before > 0n !== signed > 0n;
    const cost = held?.cost ?? 0n;
    this.#cash = (this.#cash - notional(fill.price, signed as Quantity) - fill.commission) as Money;
    this.#commission = (this.#commission + fill.commission) as Money;
    this.#hold(
      fill.symbol,
      after as Quantity,
      reduces ? remainingCost(cost, before, after) : cost + fill.price * signed,
    );
  }

  /** Returns cash + Σ signed market value. Throws when a held symbol has no mark: equity without it would be a lie. */
  equity(marks: Marks): Money {
    let equity: bigint = this.#cash;
    for (const { position } of this.#holdings.values())
      equity += notional(markOf(marks, position.symbol), position.quantity);
    return equity as Money;
  }

  /** Returns Σ |market value|. */
  grossValue(marks: Marks): Money {
    let gross = 0n;
    for (const { position } of this.#holdings.values())
      gross += magnitude(notional(markOf(marks, position.symbol), position.quantity));
    return gross as Money;
  }

  /** Returns the equity that the positions require: 25 % of what is long, 30 % of what is short. */
  maintenance(marks: Marks): Money {
    let required = 0n;
    for (const { position } of this.#holdings.values()) {
      const value = notional(markOf(marks, position.symbol), position.quantity);
      required += value < 0n ? -value * MAINTENANCE_SHORT : value * MAINTENANCE_LONG;
    }
    return divideHalfEven(required, RATIO_ONE) as Money;
  }

  /** Multiplies the shares held; their cost stays. */
  split(symbol: string, numerator: bigint, denominator: bigint): void {
    const held = this.#holdings.get(symbol);
    if (held === undefined) return;
    this.#hold(symbol, divideHalfEven(held.position.quantity * numerator, denominator) as Quantity, held.cost);
  }

  /** Credits a dividend on a long position and debits it on a short one. */
  dividend(symbol: string, perShare: Price): void {
    this.#cash = (this.#cash + notional(perShare, this.quantity(symbol))) as Money;
  }

  /** Pays money in, or out when it is negative. */
  transfer(amount: Money): void {
    this.#cash = (this.#cash + amount) as Money;
  }

  save(): LedgerState {
    const positions = [...this.#holdings].map(([symbol, { position, cost }]) => ({
      symbol,
      quantity: String(position.quantity),
      cost: String(cost),
    }));
    return { cash: String(this.#cash), commission: String(this.#commission), positions };
  }

  restore(state: LedgerState): void {
    this.#cash = BigInt(state.cash) as Money;
    this.#commission = BigInt(state.commission) as Money;
    this.#holdings.clear();
    for (const { symbol, quantity, cost } of state.positions)
      this.#hold(symbol, BigInt(quantity) as Quantity, BigInt(cost));
  }

  #hold(symbol: string, quantity: Quantity, cost: bigint): void {
    if (quantity === 0n) {
      this.#holdings.delete(symbol);
      return;
    }
    const averageEntry = divideHalfEven(magnitude(cost), magnitude(quantity)) as Price;
    this.#holdings.set(symbol, { position: { symbol, quantity, averageEntry }, cost });
  }
}

/** Average cost inside the position: what is left keeps its average. */
function remainingCost(cost: bigint, before: bigint, after: bigint): bigint {
  return divideHalfEven(magnitude(cost) * magnitude(after), magnitude(before)) * (cost < 0n ? -1n : 1n);
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function markOf(marks: Marks, symbol: string): Price {
  const mark = marks.get(symbol);
  if (mark !== undefined) return mark;
  throw new BellwetherError('bug', 'ledger/unbalanced', `expected a mark of the held symbol ${symbol}, found none`);
}
