import { sharpeRatio, sortinoRatio } from '@bellwether/analytics';
import {
  divideHalfEven,
  formatInstant,
  formatMoney,
  formatPrice,
  formatQuantity,
  type Money,
  moneyToNumber,
  type Price,
  priceFromNumber,
  type Quantity,
} from '@bellwether/domain';
import {
  averageEntry,
  type DeskEvent,
  type ExecutionState,
  type PositionRecord,
  realizedPnl,
} from '@bellwether/kernel';
import { canonicalJson } from '@bellwether/pipeline';

export interface ResultFill {
  readonly time: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price: string;
  readonly commission: string;
  readonly slippage: string;
  readonly reason: string;
}

export interface ResultTrade {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly quantity: string;
  readonly entry_time: string;
  readonly entry_price: string;
  readonly exit_time: string;
  readonly exit_price: string;
  readonly pnl: string;
  readonly r_multiple: number | null;
  readonly close_reason: string;
}

export interface ResultPosition {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly quantity: string;
  readonly entry_time: string;
  readonly entry_price: string;
  readonly last_price: string;
  readonly unrealized_pnl: string;
}

/** What `backtest --json` prints; the wire form of pipeline-format §6. */
export interface BacktestResult {
  readonly symbols: readonly string[];
  readonly from: string | null;
  readonly to: string | null;
  readonly bars: number;
  readonly sessions: number;
  readonly decisions: number;
  readonly fills: readonly ResultFill[];
  readonly trades: readonly ResultTrade[];
  readonly open_positions: readonly ResultPosition[];
  readonly equity_start: string;
  readonly equity_final: string;
  readonly equity_peak: string;
  readonly commissions: string;
  readonly total_return_pct: number | null;
  readonly max_drawdown_pct: number;
  readonly max_drawdown_amount: string;
  readonly sharpe_ratio: number | null;
  readonly sortino_ratio: number | null;
  readonly profit_factor: number | null;
  readonly win_rate: number | null;
  readonly exposure_pct: number;
  readonly blocked: Readonly<Record<string, number>>;
  readonly model_cost: string;
  readonly order_hash: string;
  readonly elapsed_seconds: number;
  readonly bars_per_second: number;
}

/** Collects what a run made of its tape; money stays exact until it is printed. */
export class ResultCollector {
  readonly fills: ResultFill[] = [];
  readonly trades: ResultTrade[] = [];
  readonly pnls: Money[] = [];
  readonly blocked = new Map<string, number>();
  decisions = 0;

  desk(event: DeskEvent): void {
    if (event.kind === 'filled') {
      const { fill } = event;
      this.fills.push({
        time: formatInstant(fill.at),
        symbol: fill.symbol,
        side: fill.side,
        quantity: formatQuantity(fill.quantity),
        price: formatPrice(fill.price),
        commission: formatMoney(fill.commission as Money),
        slippage: formatPrice(fill.slippage),
        reason: event.reason,
      });
    } else if (event.kind === 'position_closed' && event.position.enteredQuantity > 0n) this.#close(event.position);
  }

  ended(state: ExecutionState): void {
    this.decisions += 1;
    if (state.result === 'blocked' || state.result === 'failed') this.block(state.reason ?? state.result);
  }

  block(reason: string): void {
    this.blocked.set(reason, (this.blocked.get(reason) ?? 0) + 1);
  }

  #close(position: PositionRecord): void {
    const pnl = realizedPnl(position);
    this.pnls.push(pnl);
    this.trades.push({
      symbol: position.symbol,
      side: position.side,
      quantity: formatQuantity(position.enteredQuantity),
      entry_time: formatInstant(position.openedAt ?? 0),
      entry_price: formatPrice(averageEntry(position)),
      exit_time: formatInstant(position.closedAt ?? 0),
      exit_price: formatPrice(averageOf(position.exitAmount, position.exitedQuantity)),
      pnl: formatMoney(pnl),
      r_multiple: rMultiple(position, pnl),
      close_reason: position.closeReason ?? 'signal_exit',
    });
  }
}

function averageOf(amount: Money, quantity: Quantity): Price {
  return (quantity === 0n ? 0n : divideHalfEven(amount * 1_000_000_000_000n, quantity)) as Price;
}

function rMultiple(position: PositionRecord, pnl: Money): number | null {
  if (position.initialStop === null) return null;
  const distance = averageEntry(position) - position.initialStop;
  const risk = ((distance < 0n ? -distance : distance) * position.enteredQuantity) / 1_000_000_000_000n;
  return risk === 0n ? null : Number(pnl) / Number(risk);
}

export interface RunFacts {
  readonly symbols: readonly string[];
  readonly from: string | null;
  readonly to: string | null;
  readonly bars: number;
  readonly sessions: number;
  readonly barsHeld: number;
  readonly openPositions: readonly { readonly position: PositionRecord; readonly lastPrice: number }[];
  readonly equityStart: Money;
  readonly equityFinal: Money;
  readonly equityPeak: Money;
  readonly maxDrawdown: Money;
  readonly maxDrawdownFraction: number;
  readonly commissions: Money;
  readonly dailyEquity: readonly number[];
  readonly elapsedSeconds: number;
}

export function summarize(
  collector: ResultCollector,
  run: RunFacts,
  sha256Hex: (text: string) => string,
): BacktestResult {
  const returns = dailyReturns(moneyToNumber(run.equityStart), run.dailyEquity);
  const enough = returns.length >= FEWEST_DAYS;
  const wins = collector.pnls.filter((pnl) => pnl > 0n);
  const losses = collector.pnls.filter((pnl) => pnl < 0n);
  const won = wins.reduce((sum, pnl) => sum + pnl, 0n);
  const lost = losses.reduce((sum, pnl) => sum - pnl, 0n);
  const start = moneyToNumber(run.equityStart);
  return {
    symbols: run.symbols,
    from: run.from,
    to: run.to,
    bars: run.bars,
    sessions: run.sessions,
    decisions: collector.decisions,
    fills: collector.fills,
    trades: collector.trades,
    open_positions: run.openPositions.map(({ position, lastPrice }) =>
      openPosition(position, priceFromNumber(lastPrice)),
    ),
    equity_start: formatMoney(run.equityStart),
    equity_final: formatMoney(run.equityFinal),
    equity_peak: formatMoney(run.equityPeak),
    commissions: formatMoney(run.commissions),
    total_return_pct: start === 0 ? null : (moneyToNumber((run.equityFinal - run.equityStart) as Money) / start) * 100,
    max_drawdown_pct: run.maxDrawdownFraction * 100,
    max_drawdown_amount: formatMoney(run.maxDrawdown),
    sharpe_ratio: enough ? sharpeRatio(returns) : null,
    sortino_ratio: enough ? sortinoRatio(returns) : null,
    profit_factor: lost === 0n ? null : Number(won) / Number(lost),
    win_rate: collector.pnls.length === 0 ? null : (wins.length / collector.pnls.length) * 100,
    exposure_pct: run.bars === 0 ? 0 : (run.barsHeld / run.bars) * 100,
    blocked: Object.fromEntries([...collector.blocked].sort(([a], [b]) => (a < b ? -1 : 1))),
    model_cost: '0.00',
    order_hash: sha256Hex(canonicalJson(collector.fills)),
    elapsed_seconds: run.elapsedSeconds,
    bars_per_second: run.elapsedSeconds > 0 ? Math.round(run.bars / run.elapsedSeconds) : 0,
  };
}

/** Under this many daily returns a ratio says nothing and is not stated. */
const FEWEST_DAYS = 20;

function dailyReturns(start: number, days: readonly number[]): number[] {
  let before = start;
  return days.map((equity) => {
    const change = equity / before - 1;
    before = equity;
    return change;
  });
}

function openPosition(position: PositionRecord, last: Price): ResultPosition {
  const value = divideHalfEven(last * position.quantity, 1_000_000_000_000n);
  const cost =
    (position.entryAmount * position.quantity) / (position.enteredQuantity === 0n ? 1n : position.enteredQuantity);
  const unrealized = position.side === 'long' ? value - cost : cost - value;
  return {
    symbol: position.symbol,
    side: position.side,
    quantity: formatQuantity(position.quantity),
    entry_time: formatInstant(position.openedAt ?? 0),
    entry_price: formatPrice(averageEntry(position)),
    last_price: formatPrice(last),
    unrealized_pnl: formatMoney(unrealized as Money),
  };
}
