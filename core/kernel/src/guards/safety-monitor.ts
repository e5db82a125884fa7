import { type EpochMs, formatMoney, type Money, RATIO_ONE, ratioFromNumber } from '@bellwether/domain';
import type { StandingChange } from '../account/account-effects.ts';
import { fractionOf } from '../order/size-caps.ts';
import type { AccountLimits } from './account-limits.ts';
import { isLossReached, lossOf } from './gate-account.ts';
import { type GateSnapshot, percentText, secondsText } from './gate-case.ts';
import { EMPTY_SAFETY_MEMORY, type OpenDemand, type SafetyCause, type SafetyMemory } from './safety-memory.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const UNREACHABLE_MS = 60_000;
const QUOTES_STALE_MS = 60_000;
const MOST_SKEW_MS = 2_000;
/** So often within an hour a pipeline may run into a rate before it is taken for one that runs away. */
const OVER_RATE_TIMES = 3;
const FAILING_IN_A_ROW = 5;
const NAKED_TIMES = 2;
const DAY_TRADE_DAYS = 5;

const RATE_RULES: ReadonlySet<string> = new Set(['entries_per_hour', 'orders_per_minute', 'orders_per_day']);
const ENDS_AT_RECOVERY: ReadonlySet<SafetyCause> = new Set(['broker_unreachable', 'clock_skew', 'quotes_stale']);

type Changes = readonly StandingChange[];
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * What happened on an account → which states it demands (trading-rules §9). Each call returns the changes that it caused; `active` takes
 * back a demand of the same cause.
 *
 * Two clocks: orders and their counters go by market time, link, skew and quotes by wall time; the monitor compares each only with its own.
 *
 * Invariants: a demand is made once until it ends; a latched one ends by `release` alone; a day that goes backwards resets nothing.
 */
export class SafetyMonitor {
  #limits: AccountLimits;
  readonly #memory: Mutable<SafetyMemory>;

  constructor(limits: AccountLimits, kept: SafetyMemory = EMPTY_SAFETY_MEMORY) {
    this.#limits = limits;
    this.#memory = { ...kept };
  }

  /** From the next call on. */
  setLimits(limits: AccountLimits): void {
    this.#limits = limits;
  }

  /** The broker said what the account is worth. `deposits`: net of withdrawals, since the previous close. */
  onSnapshot(heard: {
    readonly at: EpochMs;
    readonly exchangeDay: string;
    readonly equity: Money;
    /** Equity at the previous close; null where the broker does not say. */
    readonly lastEquity: Money | null;
    readonly deposits: Money;
  }): Changes {
    const changes = this.#beginDay(heard.exchangeDay);
    const memory = this.#memory;
    const { equity, deposits } = heard;
    memory.lastEquity = heard.lastEquity;
    memory.equity = equity;
    memory.dayPnl = (equity - this.#baseOf(heard) - deposits) as Money;
    // Money paid in lifts the peak with it, so that it neither hides a drawdown nor makes one when it leaves.
    const moved = memory.peak === null ? equity : memory.peak + deposits - memory.depositsSeen;
    memory.peak = (moved > equity ? moved : equity) as Money;
    memory.depositsSeen = deposits;
    return [...changes, ...this.#judgeLoss(equity, memory.dayPnl), ...this.#judgeDrawdown(equity, memory.peak)];
  }

  /** `at` is market time. An entry counts as sent when the gate lets it go, so that entries weighed together count each other. */
  onOrder(order: {
    readonly at: EpochMs;
    readonly pipelineId: string;
    readonly kind: 'sent' | 'refused' | 'failed' | 'accepted';
    readonly entry: boolean;
    readonly symbol: string;
    readonly side: 'buy' | 'sell';
  }): Changes {
    const { at, pipelineId, kind, entry } = order;
    const memory = this.#memory;
    if (kind === 'sent') {
      memory.sent = [...memory.sent.filter((sent) => at - sent.at < HOUR_MS), { at, pipelineId, entry }];
      memory.ordersToday += 1;
      if (entry) {
        const key = signalKey(pipelineId, order.symbol, order.side);
        memory.lastEntries = [
          ...memory.lastEntries.filter(([other, last]) => other !== key && at - last < DAY_MS),
          [key, at],
        ];
      }
      return [];
    }
    const others = memory.failing.filter(([id]) => id !== pipelineId);
    if (kind === 'accepted') {
      memory.failing = others;
      return [];
    }
    const inARow = (memory.failing.find(([id]) => id === pipelineId)?.[1] ?? 0) + 1;
    memory.failing = [...others, [pipelineId, inARow]];
    if (inARow < FAILING_IN_A_ROW) return [];
    return this.#demand(
      { scope: 'pipeline', pipelineId, cause: 'orders_failing' },
      'halted',
      `${inARow} orders in a row were refused or failed`,
    );
  }

  /** The gate refused an entry. `at` is market time. */
  onGateRefused({
    at,
    pipelineId,
    rule,
  }: {
    readonly at: EpochMs;
    readonly pipelineId: string;
    readonly rule: string;
  }): Changes {
    if (!RATE_RULES.has(rule)) return [];
    const memory = this.#memory;
    memory.overRate = [...memory.overRate.filter((over) => at - over.at < HOUR_MS), { at, pipelineId }];
    const times = memory.overRate.filter((over) => over.pipelineId === pipelineId).length;
    if (times < OVER_RATE_TIMES) return [];
    return this.#demand(
      { scope: 'pipeline', pipelineId, cause: 'order_rate' },
      'halted',
      `the pipeline ran into an order rate ${times} times within an hour`,
    );
  }

  /** Shares of a position have been naked for 30 s. */
  onNaked30s({ exchangeDay }: { readonly at: EpochMs; readonly exchangeDay: string }): Changes {
    const changes = this.#beginDay(exchangeDay);
    this.#memory.nakedToday += 1;
    if (this.#memory.nakedToday < NAKED_TIMES) return changes;
    const text = `shares were without a stop for 30 s, ${this.#memory.nakedToday} times today`;
    return [
      ...changes,
      ...this.#demand({ scope: 'account', pipelineId: null, cause: 'naked_twice' }, 'reducing', text),
    ];
  }

  onLink({ at, state }: { readonly at: EpochMs; readonly state: 'connected' | 'lost' }): Changes {
    const memory = this.#memory;
    if (state === 'lost') memory.lostSince ??= at;
    else {
      memory.lostSince = null;
      this.#recovered({ scope: 'account', pipelineId: null, cause: 'broker_unreachable' });
    }
    return [];
  }

  /** Our clock minus the broker's. */
  onSkew({ skewMs }: { readonly at: EpochMs; readonly skewMs: number }): Changes {
    const demand: OpenDemand = { scope: 'account', pipelineId: null, cause: 'clock_skew' };
    if (Math.abs(skewMs) <= MOST_SKEW_MS) return this.#recovered(demand);
    const text = `our clock and the broker's are ${secondsText(Math.abs(skewMs))} apart, at most ${secondsText(MOST_SKEW_MS)} is allowed`;
    return this.#demand(demand, 'reducing', text);
  }

  /** How old the newest quote is that this pipeline lives on, told while its market trades. */
  onQuotes({
    pipelineId,
    ageMs,
  }: {
    readonly at: EpochMs;
    readonly pipelineId: string;
    readonly ageMs: number;
  }): Changes {
    const demand: OpenDemand = { scope: 'pipeline', pipelineId, cause: 'quotes_stale' };
    if (ageMs < QUOTES_STALE_MS) return this.#recovered(demand);
    return this.#demand(demand, 'reducing', `its quotes are ${secondsText(ageMs)} old`);
  }

  /** Something has recovered, and a clean reconciliation would end what it stood for. */
  get isRecovering(): boolean {
    return this.#memory.recovering.length > 0;
  }

  /** A reconciliation has ended. What has recovered is over with a clean one. */
  onPass({ clean }: { readonly at: EpochMs; readonly clean: boolean }): Changes {
    if (!clean) return [];
    const { recovering } = this.#memory;
    this.#memory.recovering = [];
    return recovering.flatMap((demand) => this.#end(demand, 'recovered, and a clean reconciliation has followed'));
  }

  /** `at` is wall time. */
  onTime({ at, exchangeDay }: { readonly at: EpochMs; readonly exchangeDay: string }): Changes {
    const changes = this.#beginDay(exchangeDay);
    const { lostSince } = this.#memory;
    if (lostSince === null || at - lostSince < UNREACHABLE_MS) return changes;
    const text = `the broker has not been reached for ${secondsText(at - lostSince)}`;
    const demand: OpenDemand = { scope: 'account', pipelineId: null, cause: 'broker_unreachable' };
    return [...changes, ...this.#demand(demand, 'reducing', text)];
  }

  /** A position has closed. `openedOn`: the exchange day of its first fill. */
  onClosed({ exchangeDay, openedOn }: { readonly exchangeDay: string; readonly openedOn: string }): Changes {
    const changes = this.#beginDay(exchangeDay);
    if (openedOn !== exchangeDay) return changes;
    const { dayTrades } = this.#memory;
    this.#memory.dayTrades = dayTrades.map(([day, count]) => [day, day === exchangeDay ? count + 1 : count]);
    return changes;
  }

  /** Somebody released a scope by hand: what was latched there is over, and is counted from here again. */
  release({ scope, pipelineId }: Pick<OpenDemand, 'scope' | 'pipelineId'>): void {
    const memory = this.#memory;
    const isReleased = (demand: OpenDemand) =>
      demand.scope === scope &&
      demand.pipelineId === pipelineId &&
      demand.cause !== 'daily_loss' &&
      !ENDS_AT_RECOVERY.has(demand.cause);
    const causes = new Set(memory.open.filter(isReleased).map(({ cause }) => cause));
    memory.open = memory.open.filter((demand) => !isReleased(demand));
    if (causes.has('drawdown')) memory.peak = memory.equity;
    if (causes.has('naked_twice')) memory.nakedToday = 0;
    if (causes.has('order_rate')) memory.overRate = memory.overRate.filter((over) => over.pipelineId !== pipelineId);
    if (causes.has('orders_failing')) memory.failing = memory.failing.filter(([id]) => id !== pipelineId);
  }

  /** What an entry has to be weighed against. `at` is market time. */
  counters({
    at,
    pipelineId,
    symbol,
    side,
    exchangeDay,
  }: {
    readonly at: EpochMs;
    readonly pipelineId: string;
    readonly symbol: string;
    readonly side: 'buy' | 'sell';
    readonly exchangeDay: string;
  }): GateSnapshot['counters'] {
    const { sent, lastEntries, ordersToday, dayTrades, exchangeDay: known } = this.#memory;
    const key = signalKey(pipelineId, symbol, side);
    return {
      entriesInHour: sent.filter((one) => one.entry && one.pipelineId === pipelineId && at - one.at < HOUR_MS).length,
      ordersInMinute: sent.filter((one) => at - one.at < MINUTE_MS).length,
      ordersInDay: known !== null && isLater(exchangeDay, known) ? 0 : ordersToday,
      dayTrades: dayTrades.reduce((sum, [, count]) => sum + count, 0),
      sameSignalAt: lastEntries.find(([other]) => other === key)?.[1] ?? null,
    };
  }

  /** Equity less that of the previous close, deposits left out; null before the day's first snapshot. */
  dayPnl(): Money | null {
    return this.#memory.dayPnl;
  }

  save(): SafetyMemory {
    return { ...this.#memory };
  }

  #beginDay(exchangeDay: string): Changes {
    const memory = this.#memory;
    if (!isLater(exchangeDay, memory.exchangeDay)) return [];
    const isFirst = memory.exchangeDay === null;
    memory.exchangeDay = exchangeDay;
    memory.closeEquity = memory.equity;
    memory.previousLastEquity = memory.lastEquity;
    memory.dayPnl = null;
    memory.depositsSeen = 0n as Money;
    if (!isFirst) memory.ordersToday = 0;
    memory.nakedToday = 0;
    memory.dayTrades = [...memory.dayTrades, [exchangeDay, 0] as const].slice(-DAY_TRADE_DAYS);
    return this.#end({ scope: 'account', pipelineId: null, cause: 'daily_loss' }, 'a new exchange day has begun');
  }

  /** Brokers roll their previous close over at night: until it has changed, the day is measured from what we heard last before it. */
  #baseOf({ lastEquity, equity, deposits }: { lastEquity: Money | null; equity: Money; deposits: Money }): bigint {
    const memory = this.#memory;
    const isRolled = memory.closeEquity === null || lastEquity !== memory.previousLastEquity;
    if (lastEquity !== null && isRolled) return lastEquity;
    memory.closeEquity ??= (equity - deposits) as Money;
    return memory.closeEquity;
  }

  #judgeLoss(equity: Money, dayPnl: Money): Changes {
    const { maxDailyLossFraction: most, onDailyLoss } = this.#limits;
    if (most === null || !isLossReached(dayPnl, equity, most)) return [];
    const allowed = fractionOf((equity - dayPnl) as Money, most);
    return this.#demand(
      { scope: 'account', pipelineId: null, cause: 'daily_loss' },
      'reducing',
      `the account has lost $${formatMoney(lossOf(dayPnl))} today, its limit is $${formatMoney(allowed)} (${percentText(most)})`,
      onDailyLoss === 'flatten',
    );
  }

  #judgeDrawdown(equity: Money, peak: Money): Changes {
    const most = this.#limits.maxDrawdownFraction;
    if (most === null || peak <= 0n || (peak - equity) * RATIO_ONE < peak * ratioFromNumber(most)) return [];
    return this.#demand(
      { scope: 'account', pipelineId: null, cause: 'drawdown' },
      'halted',
      `the account is $${formatMoney((peak - equity) as Money)} below its peak of $${formatMoney(peak)}, at most ${percentText(most)} is allowed`,
    );
  }

  #demand(demand: OpenDemand, state: 'reducing' | 'halted', text: string, flatten = false): Changes {
    const memory = this.#memory;
    memory.recovering = memory.recovering.filter((other) => !isSame(other, demand));
    if (memory.open.some((other) => isSame(other, demand))) return [];
    memory.open = [...memory.open, demand];
    return [{ ...demand, state, text, ...(flatten ? { flatten } : {}) }];
  }

  #recovered(demand: OpenDemand): Changes {
    const memory = this.#memory;
    const isOpen = memory.open.some((other) => isSame(other, demand));
    if (isOpen && !memory.recovering.some((other) => isSame(other, demand)))
      memory.recovering = [...memory.recovering, demand];
    return [];
  }

  #end(demand: OpenDemand, text: string): Changes {
    const memory = this.#memory;
    if (!memory.open.some((other) => isSame(other, demand))) return [];
    memory.open = memory.open.filter((other) => !isSame(other, demand));
    return [{ ...demand, state: 'active', text }];
  }
}

function isSame(one: OpenDemand, other: OpenDemand): boolean {
  return one.scope === other.scope && one.pipelineId === other.pipelineId && one.cause === other.cause;
}

/** Days as YYYY-MM-DD; null is before every day. */
function isLater(day: string, than: string | null): boolean {
  return than === null || day > than;
}

function signalKey(pipelineId: string, symbol: string, side: 'buy' | 'sell'): string {
  return `${pipelineId} ${symbol} ${side}`;
}
