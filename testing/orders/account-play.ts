import { createHash } from 'node:crypto';
import { type CloseReason, type EpochMs, parseMoney, seededChance } from '@bellwether/domain';
import {
  type AccountEffects,
  type AccountFact,
  AccountMachine,
  type AccountMonitor,
  type AccountOrder,
  type AccountPosition,
  type AccountSettings,
  type Alert,
  refuseByStanding,
} from '@bellwether/kernel';
import { BROKER_PROFILES } from '@bellwether/ports';
import {
  CALM_HABITS,
  CALM_WIRE,
  FakeBrokerage,
  type FakeEvent,
  type FakeHabits,
  FakeWire,
  type WireFaults,
} from '@bellwether/ports/testing';
import { BrokerLink } from './broker-link.ts';
import { type CrashPoint, isBetweenExits, pointsAfterCommit, pointsBeforeCommit } from './crash-points.ts';
import { EventQueue } from './event-queue.ts';
import { KeptRows } from './kept-rows.ts';
import { openGate, PLAY_LIMITS } from './open-gate.ts';
import { type MarketOptions, PlayMarket } from './play-market.ts';
import { PlayStanding } from './play-standing.ts';
import { brokenInvariant, PlayTruth } from './play-truth.ts';
import { describe, describeEvent, describeRow } from './play-words.ts';
import { quietMonitor } from './quiet-monitor.ts';

/** Thursday, 2026-03-05, 10:00 in New York; the session of the day and of the one after it. */
export const START = Date.parse('2026-03-05T15:00:00Z');
export const SESSIONS = [
  { opensAt: Date.parse('2026-03-05T14:30:00Z'), closesAt: Date.parse('2026-03-05T21:00:00Z') },
  { opensAt: Date.parse('2026-03-06T14:30:00Z'), closesAt: Date.parse('2026-03-06T21:00:00Z') },
] as const;

export interface PlayOptions {
  readonly seed: number;
  readonly start?: EpochMs;
  readonly cash?: string;
  readonly habits?: Partial<FakeHabits>;
  readonly wire?: Partial<WireFaults>;
  readonly market?: Partial<MarketOptions>;
  readonly settings?: Partial<Pick<AccountSettings, 'limits' | 'gate' | 'capabilities'>>;
  /** Whether the process dies here, now. Without it nothing is copied, which is quicker. */
  readonly dies?: (point: CrashPoint) => boolean;
  readonly takeoverMs?: readonly [number, number];
  /** A control: each send gets an id of its own, as if ids were made when they are needed. */
  readonly freshIds?: boolean;
  /** Limits of the account by which it is halted; without them nothing halts it but its own orders. */
  readonly monitor?: (counters: unknown) => AccountMonitor;
  readonly trace?: boolean;
}

const TAKEOVER_MS = [1_000, 7_000] as const;
const HEARD_MS = [1, 250] as const;

/**
 * facts ─▶ AccountMachine ─▶ rows (copied) ─▶ commands ─▶ wire ─▶ FakeBrokerage ─▶ events, answers ─▶ facts, in virtual time
 *
 * One account, driven as its keeper would drive it, with everything that can go wrong between the parts drawn from one seed. The process may die at
 * every named point; the next one knows only what was committed.
 */
export class AccountPlay {
  readonly brokerage: FakeBrokerage;
  readonly wire: FakeWire;
  readonly market: PlayMarket;
  readonly standing = new PlayStanding();
  readonly rows = new KeptRows();
  readonly truth: PlayTruth;
  readonly violations: string[] = [];
  readonly alerts: (Alert & { readonly at: EpochMs })[] = [];
  readonly trace: string[] = [];
  readonly crashes: CrashPoint[] = [];
  /** Every request that left for the broker to make an order. */
  readonly posts: BrokerLink['posts'];
  readonly settled = new Map<string, { readonly outcome: string; readonly text: string | null }>();
  readonly runs: AccountEffects['runs'][number][] = [];
  readonly chance: () => number;
  machine: AccountMachine | null = null;
  onCommit: (effects: AccountEffects) => void = nothing;
  onBrokerEvent: (event: FakeEvent) => void = nothing;
  onTick: () => void = nothing;
  streamUp = true;
  /** What of the world reaches the machine: whatever is false is lost on the way. */
  hears: (fact: AccountFact) => boolean = always;
  external = new Map<string, bigint>();
  readonly #options: PlayOptions;
  readonly settings: AccountSettings;
  readonly #queue = new EventQueue();
  /** Every order row that was ever committed, as it stands. */
  readonly everyRow = new Map<string, AccountOrder>();
  readonly #inbox = new Map<string, AccountFact>();
  readonly #worstStop = new Map<string, bigint>();
  readonly #link: BrokerLink;
  #now: EpochMs;
  #life = 0;
  #wakeAt: EpochMs | null = null;

  constructor(options: PlayOptions) {
    this.#options = options;
    this.#now = options.start ?? START;
    this.chance = seededChance(options.seed, 'play');
    this.brokerage = new FakeBrokerage({
      cash: parseMoney(options.cash ?? '100000'),
      marginMultiplier: 2n,
      habits: {
        ...CALM_HABITS,
        fillDelayMs: [20, 200],
        cancelDelayMs: [20, 250],
        replaceDelayMs: [20, 250],
        ...options.habits,
      },
      chance: seededChance(options.seed, 'broker'),
      at: this.#now,
    });
    this.wire = new FakeWire({ ...CALM_WIRE, ...options.wire }, seededChance(options.seed, 'wire'));
    this.market = new PlayMarket(
      {
        prices: { AAPL: 100 },
        tickMs: 1_000,
        volatility: 0.0005,
        gapRate: 0,
        gapSize: 0.02,
        sessions: SESSIONS,
        ...options.market,
      },
      seededChance(options.seed, 'market'),
      this.brokerage,
    );
    this.truth = new PlayTruth((text) => this.note(text));
    this.brokerage.onEvent = (event) => this.#brokerSays(event);
    this.settings = {
      installation: 'play',
      account: `account-${options.seed}`,
      sha256: (text) => createHash('sha256').update(text).digest('base64url'),
      capabilities: BROKER_PROFILES.alpaca,
      limits: PLAY_LIMITS,
      gate: openGate,
      sessionAt: (_, at) => this.market.sessionAt(at),
      exchangeDay: (at) => new Date(at).toISOString().slice(0, 10),
      ...options.settings,
    };
    this.#link = this.#makeLink();
    this.posts = this.#link.posts;
    for (const symbol of this.market.symbols()) this.market.show(symbol);
    this.#start();
    this.#tick();
    this.#watchSessions();
  }

  get now(): EpochMs {
    return this.#now;
  }

  at(at: EpochMs, run: () => void): void {
    this.#queue.push(Math.max(Math.round(at), this.#now), run);
  }

  after(ms: number, run: () => void): void {
    this.at(this.#now + ms, run);
  }

  note(text: string): void {
    this.violations.push(`${this.#now - (this.#options.start ?? START)} ms: ${text}`);
    this.tell(`!! ${text}`);
  }

  /** Adds to the trace, when one is wanted. */
  tell(text: string | (() => string)): void {
    if (this.#options.trace !== true) return;
    const told = typeof text === 'string' ? text : text();
    this.trace.push(`${String(this.#now - (this.#options.start ?? START)).padStart(7)} ${told}`);
  }

  /** Lets time pass until `until`, or until `done` holds. */
  run(until: EpochMs, done: () => boolean = never): void {
    for (;;) {
      const queued = this.#queue.nextAt;
      const timed = this.brokerage.nextTimerAt;
      const next = queued === null ? timed : timed === null ? queued : Math.min(queued, timed);
      if (next === null || next > until) break;
      this.#now = next;
      this.brokerage.advance(next);
      if (queued !== null && queued <= next) this.#queue.pop().run();
      if (done()) return;
    }
    this.#now = Math.max(this.#now, until);
    this.brokerage.advance(until);
  }

  /** A row in the inbox, heard a moment later, and again by the next process when this one dies before it has committed it. */
  ask(key: string, fact: AccountFact): void {
    this.#inbox.set(key, fact);
    this.after(this.#span(HEARD_MS), () => this.#hear(key));
  }

  propose(proposal: Extract<AccountFact, { fact: 'proposed' }>['proposal']): void {
    this.ask(proposal.key, { at: this.#now, fact: 'proposed', proposal });
  }

  close(key: string, positionId: string, reason: CloseReason): void {
    this.ask(key, { at: this.#now, fact: 'close_asked', key, positionId, reason });
  }

  /** Tells the machine how things stand, as its keeper does within a second of a change. */
  tellStanding(withinMs: number): void {
    this.after(withinMs, () => this.feed({ at: this.#now, fact: 'standing', standing: this.standing.now }));
  }

  dropStream(forMs: number): void {
    this.streamUp = false;
    this.feed({ at: this.#now, fact: 'link', state: 'lost', cause: 'the connection was reset' });
    this.after(forMs, () => {
      this.streamUp = true;
      this.feed({ at: this.#now, fact: 'link', state: 'connected', cause: null });
    });
  }

  /** Positions as the machine holds them, or as the rows do while nobody runs it. */
  positions(): readonly AccountPosition[] {
    return this.machine === null ? [...(this.rows.read(this.#now)?.positions ?? [])] : [...this.machine.positions()];
  }

  /** The process dies: everything not committed is gone, answers on their way find nobody. */
  crash(point: CrashPoint): void {
    this.crashes.push(point);
    this.tell(`✝ ${point}`);
    this.machine = null;
    this.#life += 1;
    this.#wakeAt = null;
    this.after(this.#span(this.#options.takeoverMs ?? TAKEOVER_MS), () => this.#start());
  }

  feed(fact: AccountFact): void {
    const { machine } = this;
    if (machine === null || !this.hears(fact)) return;
    this.tell(() => `  fact ${describe(fact)}`);
    machine.take({ ...fact, at: this.#now });
    this.#commit(fact, machine);
  }

  #makeLink(): BrokerLink {
    const play = this;
    const { dies, freshIds = false } = this.#options;
    const host = {
      get now() {
        return play.#now;
      },
      get life() {
        return play.#life;
      },
      freshIds,
      after: (ms: number, run: () => void) => this.after(ms, run),
      feed: (fact: AccountFact) => this.feed(fact),
      row: (clientOrderId: string) => this.everyRow.get(clientOrderId),
      transactTwo: (clientOrderId: string) => this.#transactTwo(clientOrderId),
      dies: (point: CrashPoint) => dies?.(point) === true,
      crash: (point: CrashPoint) => this.crash(point),
      tell: (text: () => string) => this.tell(text),
      note: (text: string) => this.note(text),
    };
    return new BrokerLink(host, this.brokerage, this.wire, this.truth);
  }

  #start(): void {
    const life = this.#life;
    const kept = this.rows.read(this.#now);
    const monitor = (this.#options.monitor ?? quietMonitor)(kept?.memory.counters);
    this.machine = new AccountMachine(this.settings, monitor, kept);
    for (const position of this.machine.positions())
      for (const order of position.orders) this.everyRow.set(order.clientOrderId, order);
    const facts: AccountFact[] = [
      { at: this.#now, fact: 'standing', standing: this.standing.now },
      { at: this.#now, fact: 'time', marketTime: this.#now },
    ];
    for (const symbol of this.market.symbols()) facts.push(this.#marketFact(symbol));
    if (this.streamUp) facts.push({ at: this.#now, fact: 'link', state: 'connected', cause: null });
    for (const fact of facts) if (this.#life === life) this.feed(fact);
    for (const key of [...this.#inbox.keys()]) if (this.#life === life) this.#hear(key);
  }

  #hear(key: string): void {
    const fact = this.#inbox.get(key);
    if (fact !== undefined && !this.rows.heard.has(key)) this.feed(fact);
  }

  #commit(fact: AccountFact, machine: AccountMachine): void {
    const effects = machine.drain();
    const { dies } = this.#options;
    if (dies !== undefined) {
      for (const point of pointsBeforeCommit(fact, effects)) if (dies(point)) return this.crash(point);
      const twice = this.rows.commit(effects, machine);
      if (twice !== null) this.note(`fill ${twice} was booked twice`);
    } else for (const { key } of effects.heard) this.rows.heard.add(key);
    for (const { key } of effects.heard) this.#inbox.delete(key);
    this.#keep(effects, machine);
    this.#check(machine);
    if (dies !== undefined)
      for (const point of pointsAfterCommit(fact, effects)) if (dies(point)) return this.crash(point);
    const between = dies !== undefined && isBetweenExits(effects);
    const life = this.#life;
    for (const [index, command] of effects.commands.entries()) {
      if (between && index > 0 && command.command === 'submit' && dies?.('K11') === true) return this.crash('K11');
      this.#link.perform(command);
      if (this.#life !== life) return;
    }
    this.#schedule(machine);
  }

  #keep(effects: AccountEffects, machine: AccountMachine): void {
    for (const order of effects.orders) this.everyRow.set(order.clientOrderId, order);
    for (const alert of effects.alerts) {
      this.alerts.push({ ...alert, at: this.#now });
      this.tell(() => `  ${alert.level} ${alert.code}: ${alert.text}`);
    }
    for (const run of effects.runs) this.runs.push(run);
    for (const { event } of effects.events)
      if (event.kind === 'settled')
        this.settled.set(event.ticket.commandId, { outcome: event.outcome, text: event.ticket.refusal?.text ?? null });
    if (effects.standing.length > 0) {
      for (const change of effects.standing) this.standing.demand(change);
      machine.take({ at: this.#now, fact: 'standing', standing: this.standing.now });
      this.after(0, () => this.feed({ at: this.#now, fact: 'time', marketTime: this.#now }));
    }
    for (const order of effects.orders) this.tell(() => `  row ${describeRow(order)}`);
    this.onCommit(effects);
  }

  #check(machine: AccountMachine): void {
    for (const position of machine.positions()) {
      const broken = brokenInvariant(position, this.#worstStop);
      if (broken !== null) this.note(broken);
    }
  }

  #schedule(machine: AccountMachine): void {
    const wakeAt = machine.nextWakeAt;
    if (wakeAt === null || (this.#wakeAt !== null && this.#wakeAt <= wakeAt && this.#wakeAt > this.#now)) return;
    const at = Math.max(wakeAt, this.#now + 1);
    this.#wakeAt = at;
    const life = this.#life;
    this.at(at, () => {
      if (this.#life !== life || this.#wakeAt !== at) return;
      this.#wakeAt = null;
      this.feed({ at: this.#now, fact: 'time', marketTime: this.#now });
    });
  }

  /** TX 2 reads the kill switches as they are in this instant. */
  #transactTwo(clientOrderId: string): void {
    const row = this.everyRow.get(clientOrderId);
    if (row === undefined) return;
    const position = this.positions().find(({ positionId }) => positionId === row.positionId);
    const pipelineId = position?.pipelineId ?? '';
    const blocked = row.purpose === 'entry' ? refuseByStanding(this.standing.now, pipelineId, row.symbol) : null;
    this.feed({ at: this.#now, fact: 'sending', clientOrderId, blocked });
  }

  #brokerSays(event: FakeEvent): void {
    this.truth.see(event);
    if (event.fill !== null) {
      const { symbol, side, quantity } = event.fill;
      if (this.#isByUser(event))
        this.external.set(symbol, (this.external.get(symbol) ?? 0n) + (side === 'buy' ? quantity : -quantity));
      this.truth.checkSum(this.brokerage, symbol, this.external.get(symbol) ?? 0n);
    }
    this.tell(() => `  broker ${describeEvent(event)}`);
    this.onBrokerEvent(event);
    if (!this.streamUp) return;
    const life = this.#life;
    for (const delay of this.wire.telling())
      this.after(delay, () => {
        if (this.#life === life && this.streamUp)
          this.feed({ at: this.#now, fact: 'order_seen', order: event.order, fill: event.fill });
      });
  }

  #isByUser({ order }: FakeEvent): boolean {
    return this.brokerage.orders.some(({ id, by }) => id === order.brokerOrderId && by === 'user');
  }

  #marketFact(symbol: string): AccountFact {
    const { price, halted } = this.market.walk(symbol);
    const quote = { bid: Math.round(price * 100 - 1) / 100, ask: Math.round(price * 100 + 1) / 100, at: this.#now };
    return { at: this.#now, fact: 'market', symbol, marketTime: this.#now, bar: null, quote, halted };
  }

  #tick(): void {
    if (this.market.sessionAt(this.#now).isOpen)
      for (const symbol of this.market.tick()) {
        this.market.show(symbol);
        this.feed(this.#marketFact(symbol));
      }
    this.onTick();
    this.after(this.market.options.tickMs, () => this.#tick());
  }

  #watchSessions(): void {
    for (const { opensAt, closesAt } of this.market.options.sessions) {
      if (opensAt > this.#now) this.at(opensAt, () => this.brokerage.openSession());
      if (closesAt > this.#now) this.at(closesAt, () => this.brokerage.closeSession());
    }
    if (!this.market.sessionAt(this.#now).isOpen) this.brokerage.closeSession();
  }

  #span([from, to]: readonly [number, number]): number {
    return Math.round(from + (to - from) * this.chance());
  }
}

const nothing = (): void => undefined;
const never = (): boolean => false;
const always = (): boolean => true;
