import { seededChance } from '@bellwether/domain';

/** The caps of the size formula after the sizing rule, in its order. */
export const CAPS = [
  'max_position_fraction',
  'max_symbol_exposure_fraction',
  'gross_exposure',
  'open_risk',
  'max_batch_risk_fraction',
  'order_notional',
  'average_volume',
  'buying_power',
] as const;
export type CapName = (typeof CAPS)[number];

/** One entry to be sized, in whole cents and ten-thousandths, so that what is expected can be computed exactly. */
export interface SizeCase {
  readonly side: 'buy' | 'sell';
  readonly price: bigint;
  /** From entry to stop. */
  readonly distance: bigint;
  readonly equity: bigint;
  /** `amount`: ten-thousandths of equity, shares or cents, by kind. `buffer`: ten-thousandths kept in cash. */
  readonly sizing: {
    readonly kind: 'risk_fraction' | 'equity_fraction' | 'fixed_quantity' | 'fixed_notional';
    readonly amount: bigint;
    readonly buffer: bigint;
  };
  /** Percent that conviction leaves. */
  readonly conviction: bigint;
  /** Ten-thousandths of equity; cents for the notional and buying power; shares for the volume. Null is none. */
  readonly caps: Readonly<Record<CapName, bigint | null>>;
  /** Cents that are taken already. `gross` counts what is held elsewhere and is at risk with `risk`. */
  readonly used: {
    readonly symbol: bigint;
    readonly gross: bigint;
    readonly risk: bigint;
    readonly batchRisk: bigint;
  };
  /** Commission of one side. */
  readonly halfCentsPerShare: bigint;
  /** Cents a share that a stop may slip. */
  readonly slippage: bigint;
  /** Percent to which a cap is made smaller. */
  readonly part: bigint;
}

const TEN_THOUSAND = 10_000n;

/** Draws an entry whose caps lie near one another, each of them absent in one of three. */
export function drawSizeCase(seed: number): SizeCase {
  const chance = seededChance(seed, 'p24');
  const whole = (least: number, most: number) => BigInt(least + Math.floor(chance() * (most - least + 1)));
  /** As many small ones as large ones. */
  const spread = (least: number, most: number) => BigInt(Math.floor(least * (most / least) ** chance()));
  const maybe = <T>(value: T) => (chance() < 1 / 3 ? null : value);
  const price = spread(100, 100_000);
  const about = Number(spread(1, 5_000));
  /** Shares that a term leaves; now and then next to none. */
  const shares = () => (chance() < 0.03 ? whole(0, 1) : BigInt(Math.ceil(about * (0.5 + 3 * chance()))));
  const equity = (price * BigInt(about) * spread(200, 5_000)) / 100n;
  const distance = whole(1, Math.max(1, Number(price) / 10));
  const halfCentsPerShare = whole(0, 2);
  const risk = distance + halfCentsPerShare;
  const taken = (most: number) => (chance() < 0.5 ? 0n : whole(0, Math.floor(Number(equity) * most)));
  const gross = taken(0.5);
  const used = { symbol: taken(0.2), gross, risk: gross / 20n, batchRisk: taken(0.02) };
  const ofEquity = (perShare: bigint, already = 0n) =>
    ((shares() * perShare + already) * TEN_THOUSAND + whole(0, 1) * (equity - 1n)) / equity;
  const kinds = ['risk_fraction', 'equity_fraction', 'fixed_quantity', 'fixed_notional'] as const;
  const kind = kinds[Math.floor(chance() * kinds.length)] ?? 'risk_fraction';
  const amounts = {
    risk_fraction: () => ofEquity(risk),
    equity_fraction: () => ofEquity(price),
    fixed_quantity: shares,
    fixed_notional: () => shares() * price + whole(0, 99),
  };
  const amount = amounts[kind]();
  return {
    side: chance() < 0.5 ? 'buy' : 'sell',
    price,
    distance,
    equity,
    sizing: { kind, amount, buffer: chance() < 0.5 ? 0n : whole(0, 1_000) },
    conviction: chance() < 0.5 ? 100n : whole(1, 100),
    caps: {
      max_position_fraction: maybe(ofEquity(price)),
      max_symbol_exposure_fraction: maybe(ofEquity(price, used.symbol)),
      gross_exposure: maybe(ofEquity(price, used.gross)),
      open_risk: maybe(ofEquity(risk, used.risk)),
      max_batch_risk_fraction: maybe(ofEquity(risk, used.batchRisk)),
      order_notional: maybe(shares() * price + whole(0, 99)),
      average_volume: maybe(shares()),
      buying_power: shares() * price + whole(0, 99),
    },
    used,
    halfCentsPerShare,
    slippage: 0n,
    part: whole(0, 99),
  };
}

/** Returns what a case must come to by the formula alone, in whole numbers: shares, and the first of the smallest terms. */
export function expectedSize(drawn: SizeCase): { readonly shares: bigint; readonly cap: string } {
  const { price, equity, caps, used } = drawn;
  const risk = drawn.distance + drawn.halfCentsPerShare + drawn.slippage;
  /** Shares for what is left of a part of equity. */
  const ofEquity = (parts: bigint | null, taken: bigint, perShare: bigint) =>
    parts === null ? null : quotient(equity * parts - taken * TEN_THOUSAND, perShare * TEN_THOUSAND);
  const terms: readonly (readonly [string, bigint | null])[] = [
    ['sizing', (unscaled(drawn, risk) * drawn.conviction) / 100n],
    ['max_position_fraction', ofEquity(caps.max_position_fraction, 0n, price)],
    ['max_symbol_exposure_fraction', ofEquity(caps.max_symbol_exposure_fraction, used.symbol, price)],
    ['gross_exposure', ofEquity(caps.gross_exposure, used.gross, price)],
    ['open_risk', ofEquity(caps.open_risk, used.risk, risk)],
    ['max_batch_risk_fraction', ofEquity(caps.max_batch_risk_fraction, used.batchRisk, risk)],
    ['order_notional', caps.order_notional === null ? null : caps.order_notional / price],
    ['average_volume', caps.average_volume],
    ['buying_power', caps.buying_power === null ? null : caps.buying_power / price],
  ];
  let smallest: { shares: bigint; cap: string } | null = null;
  for (const [cap, shares] of terms)
    if (shares !== null && (smallest === null || shares < smallest.shares)) smallest = { shares, cap };
  if (smallest === null) throw new Error('expected a sizing term, was none');
  return smallest;
}

function unscaled({ sizing, equity, price, halfCentsPerShare }: SizeCase, risk: bigint): bigint {
  const { kind, amount, buffer } = sizing;
  switch (kind) {
    case 'fixed_quantity':
      return amount;
    case 'fixed_notional':
      return amount / price;
    case 'risk_fraction':
      return (equity * amount) / (risk * TEN_THOUSAND);
    case 'equity_fraction':
      // Shares and their commission both come out of the budget.
      return (
        (2n * equity * amount * (TEN_THOUSAND - buffer)) /
        ((2n * price + halfCentsPerShare) * TEN_THOUSAND * TEN_THOUSAND)
      );
  }
}

function quotient(amount: bigint, perShare: bigint): bigint {
  return amount <= 0n ? 0n : amount / perShare;
}
