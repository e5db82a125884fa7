import type { TradeWire } from '@bellwether/contracts';

const COLUMNS = [
  'id',
  'trading_mode',
  'symbol',
  'side',
  'quantity',
  'entry_time',
  'entry_price',
  'exit_time',
  'exit_price',
  'pnl',
  'fees',
  'slippage',
  'r_multiple',
  'close_reason',
  'pipeline_id',
  'execution_id',
] as const satisfies readonly (keyof TradeWire)[];

/** Writes trades as RFC 4180, under the names that the API gives their fields. */
export function tradesCsv(trades: readonly TradeWire[]): string {
  const lines = trades.map((trade) => COLUMNS.map((column) => cell(trade[column])).join(','));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

/** A spreadsheet would run text that begins like a formula; a negative number is none. */
function cell(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  const safe = /^[=+@\t\r]/.test(text) || /^-(?!\d+(\.\d+)?$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
