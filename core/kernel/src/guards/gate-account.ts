import { formatMoney, type Money, moneyToNumber, type Refusal } from '@bellwether/domain';
import { fractionOf } from '../order/size-caps.ts';
import { lesser } from './account-limits.ts';
import {
  firstBroken,
  type GateCase,
  type GateRule,
  isReached,
  percentText,
  refuse,
  refuseNumber,
  secondsText,
} from './gate-case.ts';

/** Equity, and with it every limit that is a part of it, is not computed from an older snapshot. */
const EQUITY_MAX_AGE_MS = 60_000;

/** What the pipeline and the account have used of their rates, losses and places. */
export const accountRules: GateRule = firstBroken([
  entriesPerHour,
  ordersPerMinute,
  ordersPerDay,
  equityFresh,
  dailyLoss,
  openPositions,
  dayTrades,
]);

function entriesPerHour({ snapshot, limits }: GateCase): Refusal | null {
  const used = snapshot.counters.entriesInHour;
  const most = limits.entriesPerPipelineHour;
  if (!isReached(used, most)) return null;
  return refuseNumber(
    'entries_per_hour',
    used,
    most,
    `this pipeline has sent ${used} entries within an hour, at most ${most} are allowed`,
  );
}

function ordersPerMinute({ snapshot, limits }: GateCase): Refusal | null {
  const used = snapshot.counters.ordersInMinute;
  const most = limits.ordersPerMinute;
  if (!isReached(used, most)) return null;
  return refuseNumber(
    'orders_per_minute',
    used,
    most,
    `this account has sent ${used} orders within a minute, at most ${most} are allowed`,
  );
}

function ordersPerDay({ snapshot, limits }: GateCase): Refusal | null {
  const used = snapshot.counters.ordersInDay;
  const most = limits.ordersPerDay;
  if (!isReached(used, most)) return null;
  return refuseNumber(
    'orders_per_day',
    used,
    most,
    `this account has sent ${used} orders today, at most ${most} are allowed`,
  );
}

/** Everything from here on is a part of equity. */
function equityFresh({ snapshot }: GateCase): Refusal | null {
  const { equity, snapshotAt, at } = snapshot;
  if (equity === null || snapshotAt === null)
    return refuse('equity_stale', 'the broker has not said yet what the account is worth');
  const age = at - snapshotAt;
  if (age <= EQUITY_MAX_AGE_MS) return null;
  return refuseNumber(
    'equity_stale',
    age / 1000,
    EQUITY_MAX_AGE_MS / 1000,
    `what the broker said of the account is ${secondsText(age)} old, at most ${secondsText(EQUITY_MAX_AGE_MS)} is allowed`,
  );
}

function dailyLoss({ snapshot, limits }: GateCase): Refusal | null {
  const { equity, dayPnl } = snapshot;
  if (limits.maxDailyLossFraction === null || equity === null) return null;
  if (dayPnl === null) return refuse('day_pnl_unknown', 'it is not known yet what the account has won or lost today');
  if (!isLossReached(dayPnl, equity, limits.maxDailyLossFraction)) return null;
  const most = fractionOf((equity - dayPnl) as Money, limits.maxDailyLossFraction);
  return refuseNumber(
    'max_daily_loss',
    moneyToNumber(lossOf(dayPnl)),
    moneyToNumber(most),
    `the account has lost $${formatMoney(lossOf(dayPnl))} today, its limit is $${formatMoney(most)} (${percentText(limits.maxDailyLossFraction)})`,
  );
}

/** Whether a day's loss has reached its part of what the account was worth at the previous close, deposits added. */
export function isLossReached(dayPnl: Money, equity: Money, fraction: number): boolean {
  return lossOf(dayPnl) >= fractionOf((equity - dayPnl) as Money, fraction);
}

/** A gain is a loss of nothing. */
export function lossOf(pnl: Money): Money {
  return (pnl >= 0n ? 0n : -pnl) as Money;
}

function openPositions({ others, request, limits }: GateCase): Refusal | null {
  const used = others.length;
  const most = lesser(limits.maxOpenPositions, request.intent.sizeAtFill?.limits.maxOpenPositions ?? null);
  if (!isReached(used, most)) return null;
  return refuseNumber(
    'max_open_positions',
    used,
    most,
    `${used} positions are open or about to be, at most ${most} may be`,
  );
}

function dayTrades({ snapshot, limits }: GateCase): Refusal | null {
  const used = snapshot.counters.dayTrades;
  const most = limits.maxDayTrades;
  if (!isReached(used, most)) return null;
  return refuseNumber(
    'max_day_trades',
    used,
    most,
    `${used} positions were opened and closed on one day, at most ${most} may be within five days`,
  );
}
