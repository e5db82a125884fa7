import { MINUTE_MS, ONE_SHARE, priceFromNumber, seededChance } from '@bellwether/domain';
import { type AccountPosition, signedQuantity } from '@bellwether/kernel';
import { CALM_WIRE } from '@bellwether/ports/testing';
import { type PlayOutcome, seededSuite } from '../../soak/soak-suite.ts';
import { AccountPlay, START } from '../account-play.ts';
import { plain } from '../drift-scene.ts';
import { closeProposal, entryProposal } from '../proposals.ts';

const STEPS = 50;
const PIPELINES = ['one', 'two'] as const;
/** The last one is traded short by the pipelines alone: what a user buys there would cover their shorts. */
const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'TSLA'] as const;
const SHORTED = 'TSLA';
/** Two looks at the broker's positions, and what they lead to. */
const SETTLES_MS = 2 * MINUTE_MS;
const QUARANTINE_MS = 6 * MINUTE_MS;
const END_MS = 10 * MINUTE_MS;
/** Where fills are known by their average alone, each may be off by a rounding of the last digit. */
const ROUNDING = 2n;

/** P23: shares belong to whoever's order bought them, whatever the pipelines and their user do at once. */
export const sharedAccount = seededSuite({
  promise: 'P23',
  title: `two pipelines and a manual trader on one account, ${STEPS} steps each`,
  fast: 2_000 / STEPS,
  full: 200_000 / STEPS,
  controlSeeds: 10,
  play: (seed, options) => new SharedPlay(seed, options).run(),
});

class SharedPlay {
  readonly #play: AccountPlay;
  readonly #chance: () => number;
  readonly #control: boolean;
  readonly #failures: string[] = [];
  readonly #closed = new Map<string, AccountPosition>();
  readonly #counts: Record<string, number> = { steps: 0, entries: 0, closes: 0, 'by hand': 0, crashes: 0 };
  #keys = 0;

  constructor(seed: number, { trace, control }: { trace: boolean; control: boolean }) {
    const chance = seededChance(seed, 'p23');
    this.#chance = chance;
    this.#control = control;
    const crashRate = chance() < 0.5 ? 0.02 : 0;
    const mess = chance() < 0.5 ? 0.03 : 0;
    this.#play = new AccountPlay({
      seed,
      trace,
      market: { prices: { AAPL: 100, MSFT: 60, NVDA: 150, TSLA: 40 }, volatility: 0.0012 },
      habits: {
        partialRate: 0.2,
        missingStopCancelRate: 0.1,
        refuseExitRate: mess,
        hiddenRate: mess,
        positionsLagMs: chance() < 0.3 ? 8_000 : 0,
      },
      wire: {
        http5xxAfterAccept: mess,
        dropReplyAfterAccept: mess,
        lateAccept: mess,
        lostRequest: mess,
        failedRead: mess,
        duplicateEvents: 0.1,
        reorderEvents: 0.1,
      },
      ...(crashRate === 0 ? {} : { dies: () => chance() < crashRate }),
    });
    const lostRate = chance() < 0.5 ? 0.1 : 0;
    this.#play.hears = (fact) => fact.fact !== 'order_seen' || lostRate === 0 || chance() >= lostRate;
    this.#play.onCommit = ({ positions }) => {
      for (const position of positions)
        if (position.status === 'closed') this.#closed.set(position.positionId, position);
    };
  }

  run(): PlayOutcome {
    const play = this.#play;
    play.run(START + 2_000);
    this.#step('buy');
    for (let index = 0; index < STEPS; index++) {
      play.run(play.now + Math.round(200 + this.#chance() * 8_000));
      this.#counts['steps'] = index + 1;
      this.#step(this.#draw());
      if (index === STEPS / 2) this.#settle('midway');
    }
    this.#settle('at the end');
    this.#finish();
    this.#counts['crashes'] = play.crashes.length;
    return { failures: [...play.violations, ...this.#failures], trace: play.trace, counts: this.#counts };
  }

  #draw(): Step {
    const luck = this.#chance();
    if (luck < 0.35) return 'enter';
    if (luck < 0.55) return 'close';
    if (luck < 0.7) return 'buy';
    if (luck < 0.85) return 'sell';
    if (luck < 0.92) return 'rest';
    if (luck < 0.96) return 'cancel';
    return 'drop stream';
  }

  #step(step: Step): void {
    const play = this.#play;
    const pick = <T>(of: readonly T[]): T => of[Math.floor(this.#chance() * of.length)] as T;
    const symbol = pick(SYMBOLS);
    const pipelineId = pick(PIPELINES);
    const shares = 1 + Math.floor(this.#chance() * 20);
    switch (step) {
      case 'enter':
        return this.#enter(pipelineId, symbol, shares);
      case 'close':
        return this.#close(pipelineId, symbol);
      case 'buy':
        return symbol === SHORTED ? undefined : this.#byHand(symbol, 'buy', shares);
      case 'sell': {
        const free = this.#freeShares(symbol);
        return free < 1 ? undefined : this.#byHand(symbol, 'sell', Math.min(shares, free));
      }
      case 'rest':
        return symbol === SHORTED ? undefined : this.#byHand(symbol, 'buy', shares, 0.98 + this.#chance() * 0.02);
      case 'cancel':
        for (const order of play.brokerage.live(symbol)) if (order.by === 'user') play.brokerage.cancel(order.id);
        return;
      case 'drop stream':
        return play.dropStream(500 + this.#chance() * 5_000);
    }
  }

  #enter(pipelineId: string, symbol: string, shares: number): void {
    const play = this.#play;
    this.#keys += 1;
    this.#counts['entries'] = (this.#counts['entries'] ?? 0) + 1;
    play.propose(
      entryProposal({
        key: `entry-${this.#keys}`,
        pipelineId,
        symbol,
        side: symbol === SHORTED ? 'sell' : 'buy',
        shares,
        price: play.market.walk(symbol).price,
        type: this.#chance() < 0.3 ? 'limit' : 'market',
        exits: { plan: this.#chance() < 0.5 ? 'single_target' : 'split_exits' },
        at: play.now,
      }),
    );
  }

  #close(pipelineId: string, symbol: string): void {
    const play = this.#play;
    this.#keys += 1;
    this.#counts['closes'] = (this.#counts['closes'] ?? 0) + 1;
    if (this.#control) return this.#sellAll(symbol);
    const side = symbol === SHORTED ? 'buy' : 'sell';
    const own = play.positions().find((one) => one.symbol === symbol && one.status !== 'closed');
    if (own !== undefined && this.#chance() < 0.5) play.close(`close-${this.#keys}`, own.positionId, 'manual');
    else play.propose(closeProposal({ key: `exit-${this.#keys}`, pipelineId, symbol, side, at: play.now }));
  }

  /** A control: whatever the account holds of a symbol is sold, as a broker's own "close position" would. */
  #sellAll(symbol: string): void {
    const { brokerage } = this.#play;
    const net = brokerage.truth.net(symbol);
    if (net <= 0n) return;
    for (const order of brokerage.live(symbol)) brokerage.cancel(order.id);
    this.#play.after(400, () =>
      brokerage.post({ ...plain(symbol, 'sell', Number(net / ONE_SHARE)), clientOrderId: `all-${this.#keys}` }),
    );
  }

  #byHand(symbol: string, side: 'buy' | 'sell', shares: number, limit: number | null = null): void {
    const { brokerage, market } = this.#play;
    const price = limit === null ? null : Math.round(market.walk(symbol).price * limit * 100) / 100;
    const outcome = brokerage.external({
      ...plain(symbol, side, shares),
      ...(price === null ? {} : { type: 'limit', limitPrice: priceFromNumber(price) }),
    });
    if (outcome.kind === 'accepted') this.#counts['by hand'] = (this.#counts['by hand'] ?? 0) + 1;
    this.#play.tell(`  by hand: ${side} ${shares} ${symbol}: ${outcome.kind}`);
  }

  /** Shares that the user has and has not offered yet. */
  #freeShares(symbol: string): number {
    let free = this.#play.external.get(symbol) ?? 0n;
    for (const order of this.#play.brokerage.live(symbol))
      if (order.by === 'user' && order.side === 'sell') free -= order.quantity - order.filled;
    return Number(free / ONE_SHARE);
  }

  /** Nothing is asked and nothing moves for a while: then the books say what the broker holds. */
  #settle(when: string): void {
    const play = this.#play;
    const { volatility } = play.market;
    play.market.volatility = 0;
    play.run(play.now + SETTLES_MS);
    // An entry that the broker never showed is waited for five minutes; what it may have bought is nobody else's until then.
    const isWaited = () => play.positions().some(({ orders }) => orders.some(({ status }) => status === 'quarantined'));
    const isSettled = () => play.machine?.isQuiet === true && !isWaited();
    if (!isSettled()) {
      play.run(play.now + QUARANTINE_MS, isSettled);
      play.run(play.now + SETTLES_MS);
    }
    play.market.volatility = volatility;
    const memory = play.machine?.saveMemory();
    if (memory === undefined || !isSettled()) return;
    for (const symbol of SYMBOLS) {
      const { truth } = play.brokerage;
      let own = 0n;
      for (const position of play.positions()) if (position.symbol === symbol) own += signedQuantity(position);
      const external = memory.external.find((holding) => holding.symbol === symbol)?.quantity ?? 0n;
      if (own !== truth.own(symbol))
        this.#failures.push(
          `${when}: the books own ${own / ONE_SHARE} ${symbol}, the fills say ${truth.own(symbol) / ONE_SHARE}`,
        );
      if (own + external !== truth.net(symbol))
        this.#failures.push(
          `${when}: own ${own / ONE_SHARE} + external ${external / ONE_SHARE} is not ${truth.net(symbol) / ONE_SHARE} ${symbol}`,
        );
    }
  }

  #finish(): void {
    const play = this.#play;
    play.wire.faults = CALM_WIRE;
    play.brokerage.habits = { ...play.brokerage.habits, refuseExitRate: 0, hiddenRate: 0 };
    play.hears = () => true;
    // A resting buy of the user's would make every sale of ours a wash trade: the broker refuses it, and that is paged.
    for (const symbol of SYMBOLS)
      for (const order of play.brokerage.live(symbol)) if (order.by === 'user') play.brokerage.cancel(order.id);
    const isFlat = () =>
      SYMBOLS.every((symbol) => play.brokerage.truth.own(symbol) === 0n && play.brokerage.live(symbol).length === 0) &&
      play.positions().every(({ status }) => status === 'closed');
    for (let round = 0; round < 3 && !isFlat(); round++) {
      for (const { positionId, status } of play.positions())
        if (status !== 'closed') play.close(`end-${round}-${positionId}`, positionId, 'manual');
      play.run(play.now + END_MS, () => isFlat() && play.machine !== null);
    }
    if (!isFlat()) this.#failures.push(`not flat: ${this.#state()}`);
    for (const position of this.#closed.values()) this.#judgeMoney(position);
  }

  /** What a pipeline has won is what its own fills say. */
  #judgeMoney({ positionId, entryAmount, exitAmount, enteredQuantity, exitedQuantity }: AccountPosition): void {
    const truth = this.#play.truth.positions.get(positionId);
    const entered = truth?.entered ?? 0n;
    const exited = truth?.exited ?? 0n;
    if (enteredQuantity !== entered || exitedQuantity !== exited)
      this.#failures.push(
        `${positionId}: booked ${enteredQuantity / ONE_SHARE} in and ${exitedQuantity / ONE_SHARE} out, filled ${entered / ONE_SHARE} and ${exited / ONE_SHARE}`,
      );
    const slack = ROUNDING * BigInt(truth?.fills ?? 0);
    for (const [name, booked, real] of [
      ['entry', entryAmount, truth?.enteredAmount ?? 0n],
      ['exit', exitAmount, truth?.exitedAmount ?? 0n],
    ] as const)
      if (distance(booked, real) > slack)
        this.#failures.push(`${positionId}: its ${name} is booked as ${booked}, its fills are ${real}`);
  }

  #state(): string {
    const play = this.#play;
    const books = play.positions().map(({ symbol, status, quantity }) => `${symbol} ${status} ${quantity / ONE_SHARE}`);
    const truth = SYMBOLS.map((symbol) => `${symbol} own ${play.brokerage.truth.own(symbol) / ONE_SHARE}`);
    return `books: ${books.join(', ')}; fills: ${truth.join(', ')}`;
  }
}

type Step = 'enter' | 'close' | 'buy' | 'sell' | 'rest' | 'cancel' | 'drop stream';

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b;
}
