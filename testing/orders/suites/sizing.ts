import { parseMoney, parseQuantity, priceFromNumber, type SizeLimits, type SizeRule } from '@bellwether/domain';
import {
  CLEAR_STANDING,
  type GateHolding,
  type GateSnapshot,
  riskGate,
  type SizeRequest,
  sizePosition,
  UNLIMITED,
} from '@bellwether/kernel';
import { BROKER_PROFILES } from '@bellwether/ports';
import { type PlayOutcome, seededSuite } from '../../soak/soak-suite.ts';
import { START } from '../account-play.ts';
import { CAPS, type CapName, drawSizeCase, expectedSize, type SizeCase } from '../size-case.ts';

/** P24: what may be opened is exactly what every cap allows, and it is said which one was the smallest. */
export const sizing = seededSuite({
  promise: 'P24',
  title: 'no cap is exceeded, a smaller cap sizes less, shorts mirror longs, every cap can bind',
  fast: 2_000,
  full: 100_000,
  controlSeeds: 200,
  play: playCase,
  judge: (counts, ran) => {
    if (ran < 2_000) return null;
    const never = ['sizing', ...CAPS].filter((name) => (counts.get(name) ?? 0) === 0);
    return never.length === 0 ? null : `expected every cap to bind, ${never.join(' and ')} never did`;
  },
});

function playCase(seed: number, { trace, control }: { trace: boolean; control: boolean }): PlayOutcome {
  const drawn = drawSizeCase(seed);
  const failures: string[] = [];
  const expected = expectedSize(drawn);
  const size = (change: Partial<SizeCase> = {}) =>
    managerSize(control ? { ...drawn, caps: NO_CAPS } : { ...drawn, ...change });
  const same = (what: string, found: Sized, wanted: Sized) => {
    if (found.shares !== wanted.shares || found.cap !== wanted.cap)
      failures.push(`${what}: expected ${wanted.shares} by ${wanted.cap}, was ${found.shares} by ${found.cap}`);
  };
  const full = size();
  same('risk manager', full, expected);
  same('mirrored', size({ side: drawn.side === 'buy' ? 'sell' : 'buy' }), expected);
  if (!control) same('gate', gateSize(drawn), expectedSize(atGate(drawn)));
  for (const name of CAPS) {
    const cap = drawn.caps[name];
    const capped = (value: bigint | null) => size({ caps: { ...drawn.caps, [name]: value } }).shares;
    if (cap !== null && capped((cap * drawn.part) / 100n) > full.shares) failures.push(`a smaller ${name} sizes more`);
    if (name !== 'buying_power' && capped(null) < full.shares) failures.push(`no ${name} sizes less`);
    if (capped(0n) !== 0n) failures.push(`a ${name} of 0 lets something through`);
  }
  if (size({ distance: 0n }).shares !== 0n) failures.push('an entry equal to its stop was sized');
  return {
    failures,
    trace: trace ? [shown(drawn), `expected ${shown(expected)}`, `risk manager ${shown(full)}`, ...failures] : [],
    counts: { [expected.cap]: 1, refused: expected.shares === 0n ? 1 : 0 },
  };
}

interface Sized {
  readonly shares: bigint;
  readonly cap: string;
}

const NO_CAPS = { ...Object.fromEntries(CAPS.map((name) => [name, null])) } as Readonly<Record<CapName, null>>;
const PLENTY = 10n ** 12n;
const SHARE = 1_000_000_000n;

const dollars = (cents: bigint) => `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
const inDollars = (cents: bigint) => Number(cents) / 100;
const asFraction = (parts: bigint | null) => (parts === null ? null : Number(parts) / 10_000);

function limitsOf({ caps }: SizeCase): SizeLimits {
  return {
    maxPositionFraction: asFraction(caps.max_position_fraction),
    maxSymbolExposureFraction: asFraction(caps.max_symbol_exposure_fraction),
    grossExposureFraction: asFraction(caps.gross_exposure),
    openRiskFraction: asFraction(caps.open_risk),
    maxBatchRiskFraction: asFraction(caps.max_batch_risk_fraction),
    orderNotional: caps.order_notional === null ? null : inDollars(caps.order_notional),
    averageVolumeShares: caps.average_volume === null ? null : Number(caps.average_volume),
    maxOpenPositions: null,
    minRiskReward: 1.5,
  };
}

function ruleOf(drawn: SizeCase): SizeRule {
  const { sizing: wanted, conviction } = drawn;
  const fraction = Number(wanted.amount) / 10_000;
  return {
    sizing:
      wanted.kind === 'risk_fraction'
        ? { kind: 'risk_fraction', fraction }
        : wanted.kind === 'equity_fraction'
          ? { kind: 'equity_fraction', fraction, cashBufferFraction: Number(wanted.buffer) / 10_000 }
          : wanted.kind === 'fixed_quantity'
            ? { kind: 'fixed_quantity', quantity: Number(wanted.amount) }
            : { kind: 'fixed_notional', amount: inDollars(wanted.amount) },
    limits: limitsOf(drawn),
    allowShort: true,
    convictionFactor: Number(conviction) / 100,
    quantityIncrement: 1,
    priceIncrement: 0.01,
  };
}

/** Stop and targets of a plan, mirrored exactly for a short. */
function levelsOf({ side, price, distance }: SizeCase) {
  const sign = side === 'buy' ? 1n : -1n;
  return {
    stop: inDollars(price - sign * distance),
    target1: inDollars(price + sign * 2n * distance),
    target2: inDollars(price + sign * 2n * distance + sign),
  };
}

function managerSize(drawn: SizeCase): Sized {
  const { used, equity, halfCentsPerShare } = drawn;
  const request: SizeRequest = {
    ...ruleOf(drawn),
    ...levelsOf(drawn),
    side: drawn.side,
    price: inDollars(drawn.price),
    batchRiskUsed: dollars(used.batchRisk),
    account: {
      equity: dollars(equity),
      cash: dollars(equity),
      buyingPower: dollars(drawn.caps.buying_power ?? PLENTY),
      openPositions: 0,
      symbolExposure: dollars(used.symbol),
      grossExposure: dollars(used.gross),
      openRisk: dollars(used.risk),
      allowShort: true,
      commission: { perShare: Number(halfCentsPerShare) / 200, minimum: 0, maximumFraction: null },
    },
  };
  const { quantity, bindingCap, refusal } = sizePosition(request);
  return { shares: refusal === null ? quantity / SHARE : 0n, cap: bindingCap ?? refusal?.rule ?? '' };
}

/** The same case as the gate meets it: sized at its fill, its costs a slippage allowance, beside one share of something else. */
function atGate(drawn: SizeCase): SizeCase {
  return {
    ...drawn,
    caps: { ...drawn.caps, buying_power: null },
    used: { ...drawn.used, symbol: 0n, batchRisk: 0n },
    halfCentsPerShare: 0n,
    slippage: drawn.halfCentsPerShare,
  };
}

function gateSize(drawn: SizeCase): Sized {
  const weighed = atGate(drawn);
  const own = limitsOf(weighed);
  const levels = levelsOf(weighed);
  const { maxSymbolExposureFraction, grossExposureFraction, openRiskFraction, orderNotional } = own;
  const accounts = { maxSymbolExposureFraction, grossExposureFraction, openRiskFraction, orderNotional };
  const looser = { maxSymbolExposureFraction: null, grossExposureFraction: null, openRiskFraction: null };
  // The account's limits are its own; what the pipeline sets beside them can only be stricter.
  const limits = weighed.part % 2n === 0n ? { ...own, ...looser, orderNotional: null } : own;
  const { price, used } = weighed;
  const answer = riskGate(
    {
      pipelineId: 'one',
      positionId: null,
      intent: {
        symbol: 'AAPL',
        purpose: 'open',
        side: weighed.side,
        type: 'market',
        quantity: '1',
        limitPrice: null,
        stopLoss: levels.stop,
        target1: levels.target1,
        target2: levels.target2,
        sizingPrice: inDollars(price),
        sizeAtFill: { ...ruleOf(weighed), limits },
      },
      decidedAt: START,
      heardAt: START,
      deferred: false,
      allowPyramiding: false,
    },
    snapshotOf(weighed.equity, used.gross, used.risk),
    CLEAR_STANDING,
    { ...UNLIMITED, ...accounts, slippageAllowance: inDollars(weighed.slippage) },
  );
  if (answer.kind === 'approved') return { shares: answer.quantity / SHARE, cap: answer.bindingCap };
  const { rule, text } = answer.refusal;
  return { shares: 0n, cap: rule === 'size_below_one' ? (/\((\w+)\)$/.exec(text)?.[1] ?? rule) : rule };
}

function snapshotOf(equity: bigint, gross: bigint, risk: bigint): GateSnapshot {
  const mark = priceFromNumber(inDollars(gross));
  const other: GateHolding = {
    pipelineId: 'two',
    positionId: 'other',
    symbol: 'MSFT',
    side: 'long',
    quantity: parseQuantity('1'),
    pending: parseQuantity('0'),
    mark,
    averageEntry: mark,
    stop: priceFromNumber(inDollars(gross - risk)),
    reserved: parseMoney('0'),
    entryAccountedFor: true,
  };
  return {
    at: START,
    marketTime: START,
    equity: parseMoney(dollars(equity)),
    snapshotAt: START,
    buyingPower: parseMoney(dollars(PLENTY)),
    holdings: gross > 0n ? [other] : [],
    external: new Map(),
    externalPrices: new Map(),
    externalOrders: new Map(),
    drifting: new Set(),
    instrument: { symbol: 'AAPL', tradable: true, shortable: true, easyToBorrow: true, fractionable: true },
    averageVolumeShares: null,
    quote: null,
    halted: false,
    counters: { entriesInHour: 0, ordersInMinute: 0, ordersInDay: 0, dayTrades: 0, sameSignalAt: null },
    dayPnl: parseMoney('0'),
    capabilities: BROKER_PROFILES.alpaca,
  };
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, member) => (typeof member === 'bigint' ? String(member) : member));
}
