import type { BiasSignal, Fill, Order, ReportLane, RiskDecision, StrategySignal } from '../api/wire.ts';
import { isBuy } from '../design/candle-chart/chart-picture.ts';
import { codeWords } from '../design/code-words.ts';
import {
  formatBps,
  formatDuration,
  formatMoney,
  formatPnl,
  formatPrice,
  formatQuantity,
  formatR,
  signClass,
} from '../design/format.ts';

export interface ComparedRow {
  readonly name: string;
  readonly planned: string;
  readonly actual: string;
  readonly difference: string;
}

/** Planned beside actual, row by row; "–" where one side has nothing to compare with. */
export function plannedAndActual(lane: ReportLane): readonly ComparedRow[] {
  const strategy = lane.strategy;
  const entryFill = lane.fills[0];
  const exit = exitFill(lane);
  const planned = strategy?.entry_price ?? lane.levels?.entry ?? null;
  const actual = lane.trade?.entry_price ?? lane.position?.average_entry ?? entryFill?.price ?? null;
  const rows: ComparedRow[] = [
    { name: 'Entry', planned: price(planned), actual: price(actual), difference: slippage(planned, actual, entryFill) },
    {
      name: 'Stop',
      planned: price(strategy?.stop_loss ?? lane.levels?.initial_stop ?? null),
      // Levels are known as soon as they are planned; a stop is actual once there is something to protect.
      actual: price(lane.position?.stop ?? (lane.trade === null ? null : lane.levels?.stop) ?? null),
      difference: '–',
    },
    {
      name: 'Target 1',
      planned: price(strategy?.target_1 ?? lane.levels?.target_1 ?? null),
      actual: '–',
      difference: '–',
    },
    {
      name: 'Target 2',
      planned: price(strategy?.target_2 ?? lane.levels?.target_2 ?? null),
      actual: '–',
      difference: '–',
    },
    {
      name: 'Exit',
      planned: '–',
      actual: price(lane.trade?.exit_price ?? exit?.price ?? null),
      difference: lane.trade?.close_reason.replaceAll('_', ' ') ?? '–',
    },
    {
      name: 'Quantity',
      planned: quantity(lane.risk?.position_size ?? null),
      actual: quantity(lane.trade?.quantity ?? lane.position?.quantity ?? null),
      difference: '–',
    },
  ];
  return rows.filter((row) => row.planned !== '–' || row.actual !== '–');
}

/** The numbers of the header: result first. */
export function headline(
  lane: ReportLane,
): readonly { readonly name: string; readonly value: string; readonly tone: string }[] {
  const trade = lane.trade;
  if (trade !== null) {
    const held = formatDuration(Date.parse(trade.exit_time) - Date.parse(trade.entry_time));
    return [
      { name: 'Net P&L', value: formatPnl(trade.pnl), tone: signClass(trade.pnl) },
      { name: 'Result', value: formatR(trade.r_multiple), tone: signClass(trade.r_multiple) },
      { name: 'Side', value: `${trade.side} ${formatQuantity(trade.quantity)}`, tone: '' },
      { name: 'Closed by', value: trade.close_reason.replaceAll('_', ' '), tone: '' },
      { name: 'Held for', value: held, tone: '' },
      { name: 'Commissions', value: formatMoney(trade.fees), tone: '' },
    ];
  }
  const position = lane.position;
  if (position !== null) {
    return [
      { name: 'Unrealized P&L', value: formatPnl(position.unrealized_pnl), tone: signClass(position.unrealized_pnl) },
      { name: 'Side', value: `${position.side} ${formatQuantity(position.quantity)}`, tone: '' },
      { name: 'Average entry', value: formatPrice(position.average_entry), tone: '' },
      { name: 'Stop', value: formatPrice(position.stop), tone: '' },
      { name: 'Position', value: position.state, tone: '' },
    ];
  }
  return [];
}

export interface CapRow {
  readonly name: string;
  readonly quantity: string;
  /** Width of its bar, percent of the largest cap. */
  readonly width: number;
  readonly isBinding: boolean;
}

/** Every cap with the shares it would allow; the smallest one is the binding one. */
export function capRows(risk: RiskDecision): readonly CapRow[] {
  const largest = Math.max(0, ...risk.caps.map((cap) => Number(cap.quantity)).filter(Number.isFinite));
  return risk.caps.map((cap) => ({
    name: codeWords(cap.name),
    quantity: formatQuantity(cap.quantity),
    width: largest > 0 ? Math.min(100, (Number(cap.quantity) / largest) * 100) : 0,
    isBinding: cap.name === risk.binding_cap,
  }));
}

/** Orders as they came about: the entry, then what was filled, what still works, what was given up. */
export function orderRows(lane: ReportLane): ReportLane['orders'] {
  const rank = (order: Order) =>
    order.purpose === 'entry' ? 0 : order.status === 'filled' ? 1 : order.status === 'canceled' ? 3 : 2;
  return [...lane.orders].sort((a, b) => rank(a) - rank(b));
}

/** What spoke for or against the plan, without what its reasoning has said already. */
export function strategyReasons(strategy: StrategySignal): readonly string[] {
  return [...strategy.technical_factors.map(({ text }) => text), ...strategy.hold_reasons.map(codeWords)].filter(
    (text) => text !== strategy.reasoning,
  );
}

/** Factors with the strongest first; those without a stated share keep their order at the end. */
export function factorRows(bias: BiasSignal): BiasSignal['factors'] {
  return [...bias.factors].sort((a, b) => Math.abs(b.contribution ?? 0) - Math.abs(a.contribution ?? 0));
}

function exitFill(lane: ReportLane): Fill | undefined {
  const first = lane.fills[0];
  return first && lane.fills.findLast((fill) => isBuy(fill.side) !== isBuy(first.side));
}

/** Slippage in basis points, adverse positive. A ratio, not money: a float is exact enough. */
function slippage(planned: string | number | null, actual: string | number | null, fill: Fill | undefined): string {
  if (planned === null || actual === null || fill === undefined) return '–';
  const [plan, paid] = [Number(planned), Number(actual)];
  if (!(plan > 0)) return '–';
  const adverse = isBuy(fill.side) ? paid - plan : plan - paid;
  return formatBps((adverse / plan) * 10_000);
}

function price(value: string | number | null): string {
  return value === null ? '–' : formatPrice(value);
}

function quantity(value: string | null): string {
  return value === null ? '–' : formatQuantity(value);
}
