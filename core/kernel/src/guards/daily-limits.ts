import { type Money, moneyToNumber, parseMoney, type Refusal } from '@bellwether/domain';
import type { ScheduleConfig } from '@bellwether/pipeline';

type Limits = Pick<ScheduleConfig, 'maxTradesPerDay' | 'maxExecutionsPerDay' | 'stopOnDailyLoss' | 'stopOnDrawdown'>;

/** Plain data: what has been used of the day's limits. */
export interface DailyUse {
  readonly day: number | null;
  readonly executions: number;
  readonly trades: number;
  /** Equity at the previous exchange day's close, and the highest so far, USD in 10⁻⁶ as text; null before they are known. */
  readonly equityBefore: string | null;
  readonly equityPeak: string | null;
}

/**
 * What a pipeline may still do today. Exchange days, not calendar ones; reached means used ≥ limit, so 0 allows nothing and null is no limit.
 * Loss and drawdown count what is unrealised.
 */
export class DailyLimits {
  readonly #limits: Limits | null;
  #day: number | null = null;
  #executions = 0;
  #trades = 0;
  #before: Money | null = null;
  #peak: Money | null = null;

  constructor(limits: Limits | null) {
    this.#limits = limits;
  }

  /** Whether equity must be followed at every close. */
  get followsEquity(): boolean {
    return this.#limits !== null && (this.#limits.stopOnDailyLoss !== null || this.#limits.stopOnDrawdown !== null);
  }

  /** A new exchange day begins with this equity, asked only when a limit needs it. */
  beginDay(day: number, equity: () => Money): void {
    this.#day = day;
    this.#executions = 0;
    this.#trades = 0;
    if (!this.followsEquity) return;
    this.#before = equity();
    this.follow(this.#before);
  }

  follow(equity: Money): void {
    if (this.#peak === null || equity > this.#peak) this.#peak = equity;
  }

  countExecution(): void {
    this.#executions += 1;
  }

  countTrade(): void {
    this.#trades += 1;
  }

  /** An entry that never filled is given back. */
  returnTrade(): void {
    if (this.#trades > 0) this.#trades -= 1;
  }

  /** Why no execution may start, or null. `equity` is asked only when a limit needs it. */
  refuseExecution(equity: () => Money): Refusal | null {
    const limits = this.#limits;
    if (limits === null) return null;
    const reached =
      counted('max_executions_per_day', this.#executions, limits.maxExecutionsPerDay) ??
      counted('max_trades_per_day', this.#trades, limits.maxTradesPerDay);
    return reached ?? this.#refuseLoss(equity);
  }

  /** Why no entry may be planned, or null. */
  refuseEntry(equity: () => Money): Refusal | null {
    const limits = this.#limits;
    return limits === null
      ? null
      : (counted('max_trades_per_day', this.#trades, limits.maxTradesPerDay) ?? this.#refuseLoss(equity));
  }

  #refuseLoss(equity: () => Money): Refusal | null {
    const limits = this.#limits;
    if (limits === null || !this.followsEquity) return null;
    const now = equity();
    if (limits.stopOnDailyLoss !== null && this.#before !== null) {
      const loss = (this.#before - now) as Money;
      if (loss >= parseMoney(limits.stopOnDailyLoss)) {
        return refused(
          'stop_on_daily_loss',
          moneyToNumber(loss),
          Number(limits.stopOnDailyLoss),
          `today's loss of $${moneyToNumber(loss)} has reached the limit of $${limits.stopOnDailyLoss}`,
        );
      }
    }
    if (limits.stopOnDrawdown !== null && this.#peak !== null && this.#peak > 0n) {
      const percent = (moneyToNumber((this.#peak - now) as Money) / moneyToNumber(this.#peak)) * 100;
      if (percent >= limits.stopOnDrawdown) {
        return refused(
          'stop_on_drawdown',
          percent,
          limits.stopOnDrawdown,
          `equity is ${percent.toFixed(2)} % below its peak, the limit is ${limits.stopOnDrawdown} %`,
        );
      }
    }
    return null;
  }

  saveState(): DailyUse {
    return {
      day: this.#day,
      executions: this.#executions,
      trades: this.#trades,
      equityBefore: this.#before?.toString() ?? null,
      equityPeak: this.#peak?.toString() ?? null,
    };
  }

  restoreState(state: DailyUse): void {
    this.#day = state.day;
    this.#executions = state.executions;
    this.#trades = state.trades;
    this.#before = state.equityBefore === null ? null : (BigInt(state.equityBefore) as Money);
    this.#peak = state.equityPeak === null ? null : (BigInt(state.equityPeak) as Money);
  }
}

function counted(rule: string, used: number, limit: number | null): Refusal | null {
  if (limit === null || used < limit) return null;
  return refused(rule, used, limit, `${used} of ${limit} allowed today are used`);
}

function refused(rule: string, value: number, threshold: number, text: string): Refusal {
  return { rule, value, threshold, distance: value - threshold, text };
}
