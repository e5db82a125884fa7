import { type Money, moneyToNumber, notional, priceFromNumber, quantityToNumber } from '@bellwether/domain';
import type { SymbolView } from '@bellwether/kernel';
import type { SimulatedExchange } from '@bellwether/matching';

/** Equity in floats, from holdings that are read again only after a fill. */
export class FollowedEquity {
  readonly #exchange: SimulatedExchange;
  readonly #views: readonly SymbolView[];
  readonly #quantities: Float64Array;
  #cash: Money;
  #cashNumber: number;
  #isStale = false;

  constructor(exchange: SimulatedExchange, views: readonly SymbolView[]) {
    this.#exchange = exchange;
    this.#views = views;
    this.#quantities = new Float64Array(views.length);
    this.#cash = exchange.cash;
    this.#cashNumber = moneyToNumber(exchange.cash);
  }

  /** A fill has changed what is held. The cash alone does not tell: a purchase and a short sale of the same size leave it as it was. */
  filled(): void {
    this.#isStale = true;
  }

  equity(): number {
    if (this.#isStale) this.#read();
    let equity = this.#cashNumber;
    for (let i = 0; i < this.#views.length; i++) {
      const quantity = this.#quantities[i] as number;
      if (quantity !== 0) equity += quantity * (this.#views[i] as SymbolView).lastClose;
    }
    return equity;
  }

  holds(index: number): boolean {
    return this.#quantities[index] !== 0;
  }

  /** Returns how to state this very equity exactly, later: most points that matter now are soon surpassed. */
  capture(): () => Money {
    const cash = this.#cash;
    const held = this.#views.flatMap((view, i) =>
      this.#quantities[i] === 0
        ? []
        : [{ mark: view.lastClose, quantity: this.#exchange.position(view.symbol).quantity }],
    );
    return () =>
      held.reduce(
        (sum, { mark, quantity }) => sum + notional(priceFromNumber(mark), quantity),
        cash as bigint,
      ) as Money;
  }

  #read(): void {
    this.#isStale = false;
    this.#cash = this.#exchange.cash;
    this.#cashNumber = moneyToNumber(this.#cash);
    this.#views.forEach((view, i) => {
      this.#quantities[i] = quantityToNumber(this.#exchange.position(view.symbol).quantity);
    });
  }
}
