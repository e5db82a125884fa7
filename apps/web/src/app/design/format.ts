/** The one place where numbers become text. Decimals arrive as strings and no digit of them passes through a float. */

export type DecimalInput = string | number | null | undefined;

export const UNKNOWN = 'unknown';
export const NOT_APPLICABLE = 'n/a';
const MINUS = '\u2212';
const DECIMAL = /^[+-]?\d+(\.\d+)?$/;

const formats = new Map<string, Intl.NumberFormat>();

function format(options: Intl.NumberFormatOptions, value: string | number): string {
  const key = JSON.stringify(options);
  let known = formats.get(key);
  if (known === undefined) {
    known = new Intl.NumberFormat('en-US', options);
    formats.set(key, known);
  }
  const exact = typeof value === 'number' ? known.format(value) : known.format(value as Intl.StringNumericLiteral);
  return exact.replace('-', MINUS);
}

/** Missing reads "unknown", undefined by its formula (null) reads "n/a"; neither is ever 0. */
function missing(value: DecimalInput): string | undefined {
  if (value === undefined) return UNKNOWN;
  if (value === null) return NOT_APPLICABLE;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : NOT_APPLICABLE;
  return DECIMAL.test(value) ? undefined : UNKNOWN;
}

function isNegative(value: string | number): boolean {
  return typeof value === 'number' ? value < 0 : value.startsWith('-') && /[1-9]/.test(value);
}

function isZero(value: string | number): boolean {
  return typeof value === 'number' ? value === 0 : !/[1-9]/.test(value);
}

/** +1, 0 or -1; undefined where there is no number. */
export function signOf(value: DecimalInput): -1 | 0 | 1 | undefined {
  if (missing(value) !== undefined || value === null || value === undefined) return undefined;
  if (isZero(value)) return 0;
  return isNegative(value) ? -1 : 1;
}

/** Class of a gain or a loss; the sign in the text carries the same fact. */
export function signClass(value: DecimalInput): 'gain' | 'loss' | '' {
  const sign = signOf(value);
  return sign === 1 ? 'gain' : sign === -1 ? 'loss' : '';
}

/** "+$1,204.50", "−$120.40", "$0.00". */
export function formatPnl(value: DecimalInput): string {
  return missing(value) ?? format({ style: 'currency', currency: 'USD', signDisplay: 'exceptZero' }, value as string);
}

/** "$1,204.50": an amount that is neither gain nor loss. */
export function formatMoney(value: DecimalInput): string {
  return missing(value) ?? format({ style: 'currency', currency: 'USD' }, value as string);
}

/** Two decimals from $1, four below. */
export function formatPrice(value: DecimalInput): string {
  const absent = missing(value);
  if (absent !== undefined || value === null || value === undefined) return absent ?? UNKNOWN;
  const digits = typeof value === 'number' ? Math.abs(value) >= 1 : /^[+-]?0*[1-9]/.test(value);
  const places = digits || isZero(value) ? 2 : 4;
  return format({ minimumFractionDigits: places, maximumFractionDigits: places }, value);
}

/** Up to nine decimals, trailing zeros cut. */
export function formatQuantity(value: DecimalInput): string {
  return missing(value) ?? format({ maximumFractionDigits: 9 }, value as string);
}

/** "+0.95%" from 0.95: the value is in percent already. */
export function formatPercent(value: DecimalInput): string {
  const text = missing(value);
  if (text !== undefined) return text;
  return `${format({ minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' }, value as string)}%`;
}

/** A share without a sign, "1.00%" from 1. */
export function formatShare(value: DecimalInput): string {
  return missing(value) ?? `${format({ minimumFractionDigits: 2, maximumFractionDigits: 2 }, value as string)}%`;
}

/** "+1.8 R". */
export function formatR(value: DecimalInput): string {
  return (
    missing(value) ??
    `${format({ minimumFractionDigits: 1, maximumFractionDigits: 2, signDisplay: 'exceptZero' }, value as string)} R`
  );
}

/** A signed score between -1 and 1, two decimals. */
export function formatScore(value: DecimalInput): string {
  return (
    missing(value) ??
    format({ minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' }, value as string)
  );
}

/** "3.2 bps", adverse positive. */
export function formatBps(value: DecimalInput): string {
  return (
    missing(value) ??
    `${format({ minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: 'negative' }, value as string)} bps`
  );
}

/** "$0.0213"; below a hundredth of a cent "< $0.0001"; free is "$0.00". */
export function formatModelCost(value: DecimalInput): string {
  const absent = missing(value);
  if (absent !== undefined || value === null || value === undefined) return absent ?? UNKNOWN;
  if (isZero(value)) return '$0.00';
  const places = { style: 'currency', currency: 'USD', minimumFractionDigits: 4, maximumFractionDigits: 4 } as const;
  const text = format(places, value);
  return /[1-9]/.test(text) ? text : '< $0.0001';
}

/** A bare number as people read it: thousands separated, at most four decimals. */
export function formatNumber(value: DecimalInput): string {
  return missing(value) ?? format({ maximumFractionDigits: 4 }, value as string);
}

/** "14 s", "2 min 05 s", "5 h 17 m", "3 d 4 h"; negative durations read as 0 s. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} m`;
  if (minutes > 0) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${seconds} s`;
}

/** "risk_fraction" → "Risk fraction". */
export function formatWord(code: string): string {
  const words = code.replaceAll('_', ' ').trim();
  return words === '' ? '' : words.charAt(0).toUpperCase() + words.slice(1);
}
