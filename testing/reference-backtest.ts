/**
 * A backtest written straight down, without kernel, journal or desk: the conventions of the document format and nothing else. It exists to
 * disagree with the engine if either is wrong. Exact arithmetic on bigints scaled by hand, sharing no code with the engine.
 */
export interface ReferenceBar {
  readonly open: number;
  readonly close: number;
}

export interface ReferenceRules {
  /** Whether a group is met at the close of bar i; an absent one never is. */
  readonly longEntry?: (i: number) => boolean;
  readonly longExit?: (i: number) => boolean;
  readonly shortEntry?: (i: number) => boolean;
  readonly shortExit?: (i: number) => boolean;
  readonly fraction: number;
  readonly buffer: number;
  readonly reference: 'decision_close' | 'fill_price';
  readonly cash: number;
  readonly commission: { readonly perShare: number; readonly minimum: number; readonly maximumFraction: number | null };
  readonly slippage: number;
}

export interface ReferenceFill {
  readonly bar: number;
  readonly side: 'buy' | 'sell';
  readonly quantity: bigint;
  readonly price: string;
  readonly commission: string;
}

export interface ReferenceResult {
  readonly fills: readonly ReferenceFill[];
  readonly equityFinal: string;
  readonly equityPeak: string;
  readonly drawdown: string;
  readonly pnls: readonly string[];
}

const PRICE = 1_000_000_000n;
const MONEY = 1_000_000n;

/** A float as a scaled integer: what its shortest decimal says, cut at `digits` half to even. */
function scaled(value: number, digits: number): bigint {
  const text = value.toFixed(20).replace('-', '');
  const exact = value.toString().includes('e') ? text : value.toString().replace('-', '');
  const [whole = '0', fraction = ''] = exact.split('.');
  const kept = fraction.slice(0, digits).padEnd(digits, '0');
  const rest = fraction.slice(digits);
  let result = BigInt(whole + kept);
  const half = `5${'0'.repeat(Math.max(0, rest.length - 1))}`;
  if (rest !== '' && (rest > half || (rest === half && result % 2n === 1n))) result += 1n;
  return value < 0 ? -result : result;
}

function roundEven(numerator: bigint, denominator: bigint): bigint {
  const sign = numerator < 0n ? -1n : 1n;
  const magnitude = numerator * sign;
  let quotient = magnitude / denominator;
  const twice = (magnitude % denominator) * 2n;
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) quotient += 1n;
  return quotient * sign;
}

export function printCents(money: bigint): string {
  const sign = money < 0n ? '-' : '';
  const cents = ((money < 0n ? -money : money) + 5_000n) / 10_000n;
  const text = cents.toString().padStart(3, '0');
  return `${sign}${text.slice(0, -2)}.${text.slice(-2)}`;
}

function printPrice(price: bigint): string {
  const text = price.toString().padStart(10, '0');
  return `${text.slice(0, -9)}.${text.slice(-9).replace(/0{1,7}$/, '')}`;
}

export function referenceBacktest(bars: readonly ReferenceBar[], rules: ReferenceRules): ReferenceResult {
  const perShare = scaled(rules.commission.perShare, 12);
  const minimum = scaled(rules.commission.minimum, 6);
  const maximum = rules.commission.maximumFraction === null ? null : scaled(rules.commission.maximumFraction, 12);
  // Commission of an order in 10⁻³⁰ USD.
  const commission = (shares: bigint, price: bigint): bigint => {
    let amount = perShare * shares * 10n ** 18n;
    if (maximum !== null) {
      const cap = maximum * price * shares * 10n ** 9n;
      if (cap < amount) amount = cap;
    }
    const least = minimum * 10n ** 24n;
    return amount > least ? amount : least;
  };
  const sizeFor = (equity: bigint, price: bigint): bigint => {
    const budget = equity * scaled(rules.fraction, 12) * (10n ** 12n - scaled(rules.buffer, 12));
    let shares = budget / (price * 10n ** 21n);
    while (shares > 0n && shares * price * 10n ** 21n + commission(shares, price) > budget) shares -= 1n;
    return shares > 0n ? shares : 0n;
  };

  const fills: ReferenceFill[] = [];
  const pnls: string[] = [];
  let cash = scaled(rules.cash, 6);
  let held = 0n;
  let entryAmount = 0n;
  let entryFees = 0n;
  let peak = cash;
  let drawdown = 0n;
  let todo: { close: boolean; open: 'long' | 'short' | null; shares: bigint } | null = null;

  const trade = (bar: number, side: 'buy' | 'sell', shares: bigint, open: bigint): { amount: bigint; fee: bigint } => {
    const slip = roundEven(open * scaled(rules.slippage, 12), 10n ** 12n * 100_000n) * 100_000n;
    const price = side === 'buy' ? open + slip : open - slip;
    const amount = roundEven(price * shares * MONEY, PRICE);
    const fee = roundEven(commission(shares, price), 10n ** 24n);
    cash += (side === 'buy' ? -amount : amount) - fee;
    fills.push({ bar, side, quantity: shares, price: printPrice(price), commission: printCents(fee) });
    return { amount, fee };
  };

  bars.forEach((bar, i) => {
    const open = scaled(bar.open, 9);
    const close = scaled(bar.close, 9);
    if (todo !== null) {
      if (todo.close && held !== 0n) {
        const shares = held < 0n ? -held : held;
        const { amount, fee } = trade(i, held > 0n ? 'sell' : 'buy', shares, open);
        pnls.push(printCents((held > 0n ? amount - entryAmount : entryAmount - amount) - fee - entryFees));
        held = 0n;
      }
      if (todo.open !== null) {
        const shares = rules.reference === 'fill_price' ? sizeFor(cash, open) : todo.shares;
        if (shares > 0n) {
          const { amount, fee } = trade(i, todo.open === 'long' ? 'buy' : 'sell', shares, open);
          entryAmount = amount;
          entryFees = fee;
          held = todo.open === 'long' ? shares : -shares;
        }
      }
      todo = null;
    }
    const equity = cash + roundEven(close * held * MONEY, PRICE);
    if (equity > peak) peak = equity;
    if (peak - equity > drawdown) drawdown = peak - equity;
    const shares = () => sizeFor(equity, close);
    const longEntry = rules.longEntry?.(i) ?? false;
    const shortEntry = rules.shortEntry?.(i) ?? false;
    if (held === 0n) {
      if (longEntry && !shortEntry) todo = { close: false, open: 'long', shares: shares() };
      else if (shortEntry && !longEntry) todo = { close: false, open: 'short', shares: shares() };
    } else if (held > 0n) {
      if (rules.longExit?.(i)) todo = { close: true, open: null, shares: 0n };
      else if (shortEntry) todo = { close: true, open: 'short', shares: shares() };
    } else if (rules.shortExit?.(i)) todo = { close: true, open: null, shares: 0n };
    else if (longEntry) todo = { close: true, open: 'long', shares: shares() };
  });
  const last = bars.at(-1);
  const final = cash + (last === undefined ? 0n : roundEven(scaled(last.close, 9) * held * MONEY, PRICE));
  return { fills, equityFinal: printCents(final), equityPeak: printCents(peak), drawdown: printCents(drawdown), pnls };
}
