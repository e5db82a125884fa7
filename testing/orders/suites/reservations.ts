import { notional, priceFromNumber, SECOND_MS, seededChance } from '@bellwether/domain';
import {
  type AccountLimits,
  type AccountOrder,
  type AccountSettings,
  EMPTY_SAFETY_MEMORY,
  isOut,
  PAPER_LIMITS,
  riskGate,
  type SafetyMemory,
  SafetyMonitor,
} from '@bellwether/kernel';
import { type PlayOutcome, seededSuite } from '../../soak/soak-suite.ts';
import { AccountPlay, START } from '../account-play.ts';
import { entryProposal } from '../proposals.ts';

const PIPELINES = 50;
const SYMBOLS = 40;
const ROUND_MS = 75 * SECOND_MS;
/** Prices move between the approval and the moment that counts, and an entry may fill a little worse than it was decided. */
const SLACK = 1.02;
/** A limit is rounded to the cent. */
const ROUNDED = 1.001;

/** P14: fifty pipelines ask for the same dollars at once, and no limit is passed at any step. */
export const reservations = seededSuite({
  promise: 'P14',
  title: 'limits hold while 50 pipelines propose at once',
  fast: 20,
  full: 1_000,
  controlSeeds: 5,
  play: playRound,
  judge: (counts, ran) => {
    if (ran < 20) return null;
    const missing = ['bought', 'refused', 'shrunk', 'crashes'].filter((name) => (counts.get(name) ?? 0) === 0);
    return missing.length === 0 ? null : `expected the rounds to have entries ${missing.join(' and ')}, had none`;
  },
});

function playRound(seed: number, { trace, control }: { trace: boolean; control: boolean }): PlayOutcome {
  const chance = seededChance(seed, 'p14');
  const limits = drawLimits(chance);
  const crashRate = chance() < 0.5 ? 0.01 : 0;
  const mess = chance() < 0.5 ? 0.04 : 0;
  const names = Array.from({ length: SYMBOLS }, (_, index) => `S${index}`);
  const play = new AccountPlay({
    seed,
    trace,
    cash: String(Math.round(20_000 + chance() * 180_000)),
    market: {
      prices: Object.fromEntries(names.map((name) => [name, 20 + Math.round(chance() * 200)])),
      tickMs: 2_000,
      volatility: 0.00005,
    },
    habits: {
      partialRate: 0.3,
      restDelayMs: [100, 8_000],
      fillDelayMs: [20, 3_000],
      hiddenRate: mess,
    },
    wire: {
      latencyMs: [20, 1_500],
      dropReplyAfterAccept: mess,
      http5xxAfterAccept: mess,
      lateAccept: mess,
      lostRequest: mess,
      reorderEvents: 0.1,
      duplicateEvents: 0.1,
    },
    settings: { limits, gate: control ? forgetfulGate : riskGate },
    monitor: (kept) => new SafetyMonitor(limits, (kept as SafetyMemory | null | undefined) ?? EMPTY_SAFETY_MEMORY),
    ...(crashRate === 0 ? {} : { dies: () => chance() < crashRate }),
  });
  const watch = new LimitWatch(play, limits);
  play.onCommit = ({ orders }) => watch.check(orders);
  play.onBrokerEvent = () => watch.check();
  play.run(START + 2_000);
  const burstMs = chance() < 0.5 ? 200 : 20_000;
  for (let index = 0; index < PIPELINES; index++) {
    const symbol = names[Math.floor(chance() * SYMBOLS)] ?? 'S0';
    const side = chance() < 0.7 ? 'buy' : 'sell';
    const dollars = 500 + chance() * 40_000;
    const type = chance() < 0.7 ? 'market' : 'limit';
    const stop = 0.005 + chance() * 0.03;
    play.after(chance() * burstMs, () => {
      const { price } = play.market.walk(symbol);
      play.propose(
        entryProposal({
          key: `entry-${index}`,
          pipelineId: `pipeline-${index}`,
          symbol,
          side,
          type,
          shares: Math.max(1, Math.floor(dollars / price)),
          price,
          stop,
          target1: stop * 2,
          target2: stop * 3,
          at: play.now,
        }),
      );
    });
  }
  play.run(START + ROUND_MS);
  const outcomes = [...play.settled.values()];
  return {
    failures: [...watch.broken, ...play.violations],
    trace: play.trace,
    counts: {
      bought: play.posts.filter(({ row, sends }) => row.purpose === 'entry' && sends === 1).length,
      refused: outcomes.filter(({ text }) => text !== null).length,
      shrunk: play.posts.filter(({ row, sends }) => row.purpose === 'entry' && sends === 1 && row.reason !== null)
        .length,
      crashes: play.crashes.length,
    },
  };
}

function drawLimits(chance: () => number): AccountLimits {
  const one = <T>(...choices: readonly T[]): T => choices[Math.floor(chance() * choices.length)] as T;
  return {
    ...PAPER_LIMITS,
    duplicateSignalMs: null,
    maxDailyLossFraction: null,
    maxDrawdownFraction: null,
    ordersPerMinute: one(null, 10, 25),
    ordersPerDay: one(null, 15, 200),
    maxOpenPositions: one(null, 3, 10, 25),
    maxSymbolExposureFraction: one(null, 0.05, 0.2),
    grossExposureFraction: one(null, 0.5, 1, 1.9),
    openRiskFraction: one(null, 0.01, 0.06),
    orderNotional: one(null, 5_000, 25_000),
  };
}

/** A control: what is on its way counts for nothing until the broker holds it. */
const forgetfulGate: AccountSettings['gate'] = (request, snapshot, standing, limits) => {
  const holdings = snapshot.holdings.map((holding) => ({
    ...holding,
    reserved: 0n as typeof holding.reserved,
    pending: 0n as typeof holding.pending,
  }));
  return riskGate(request, { ...snapshot, holdings }, standing, limits);
};

/** Judges an account by what its broker has and by what is on its way there. */
class LimitWatch {
  readonly broken: string[] = [];
  readonly #play: AccountPlay;
  readonly #limits: AccountLimits;
  readonly #told = new Set<string>();

  constructor(play: AccountPlay, limits: AccountLimits) {
    this.#play = play;
    this.#limits = limits;
  }

  check(changed: readonly AccountOrder[] = []): void {
    for (const { purpose, refusedText, reason } of changed)
      if (purpose === 'entry' && (refusedText ?? reason ?? '').includes('buying power'))
        this.#most('entries that the broker could not fund', 1, 0);
    const play = this.#play;
    const account = play.brokerage.account();
    const equity = Number(account.equity) / 1e6;
    const bySymbol = new Map<string, number>();
    let count = 0;
    let risk = 0;
    let unsent = 0;
    const taken = new Set(play.brokerage.orders.map(({ clientOrderId }) => clientOrderId));
    for (const position of play.positions()) {
      const entry = position.orders[0];
      if (entry === undefined || position.status === 'closed') continue;
      const shares = sharesOf(entry, position.quantity);
      if (shares === 0) continue;
      const price = Number(entry.sizingPrice ?? 0n) / 1e9;
      count += 1;
      bySymbol.set(entry.symbol, (bySymbol.get(entry.symbol) ?? 0) + shares * price);
      risk += shares * Math.abs(price - Number(position.initialStop ?? 0n) / 1e9);
      if (isWaiting(entry) && !taken.has(entry.clientOrderId))
        unsent += Number(notional(entry.limitPrice ?? entry.sizingPrice ?? priceFromNumber(0), entry.quantity)) / 1e6;
    }
    const gross = [...bySymbol.values()].reduce((sum, value) => sum + value, 0);
    const { grossExposureFraction, maxSymbolExposureFraction, openRiskFraction, maxOpenPositions } = this.#limits;
    this.#most('buying power', unsent, Number(account.buyingPower) / 1e6 + equity * (SLACK - 1));
    this.#most('gross exposure', gross, part(equity, grossExposureFraction));
    this.#most('open risk', risk, part(equity, openRiskFraction));
    if (maxOpenPositions !== null) this.#most('open positions', count, maxOpenPositions);
    for (const [symbol, value] of bySymbol)
      this.#most(`${symbol} exposure`, value, part(equity, maxSymbolExposureFraction));
    this.#posts();
  }

  #posts(): void {
    const { ordersPerMinute, ordersPerDay, orderNotional } = this.#limits;
    const entries = this.#play.posts.filter(({ row, sends }) => row.purpose === 'entry' && sends === 1);
    const last = entries.at(-1);
    if (last === undefined) return;
    // Sent is when it was let go; on its way to the broker it may fall a moment behind.
    const inMinute = entries.filter(({ at }) => last.at - at < 59_900).length;
    if (ordersPerMinute !== null) this.#most('orders in a minute', inMinute, ordersPerMinute);
    if (ordersPerDay !== null) this.#most('orders in a day', entries.length, ordersPerDay);
    const worth = Number(notional(last.row.sizingPrice ?? priceFromNumber(0), last.row.quantity)) / 1e6;
    if (orderNotional !== null) this.#most('order notional', worth, orderNotional * ROUNDED);
  }

  #most(name: string, value: number, most: number): void {
    if (value <= most + 0.01 || this.#told.has(name)) return;
    this.#told.add(name);
    const text = `${name}: ${Math.round(value * 100) / 100} of at most ${Math.round(most * 100) / 100}`;
    this.broken.push(text);
    this.#play.tell(`!! ${text}`);
  }
}

function part(equity: number, fraction: number | null): number {
  return fraction === null ? Number.POSITIVE_INFINITY : equity * fraction * SLACK;
}

/** Shares that are held or may still come. */
function sharesOf(entry: AccountOrder, held: bigint): number {
  const pending = isWaiting(entry) || isOut(entry) ? entry.quantity - entry.filledQuantity : 0n;
  return Number(held + pending) / 1e9;
}

function isWaiting({ status }: AccountOrder): boolean {
  return status === 'planned' || status === 'submitting' || status === 'unknown' || status === 'quarantined';
}
