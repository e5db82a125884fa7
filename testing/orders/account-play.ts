import { createHash } from 'node:crypto';
import { type CloseReason, type EpochMs, parseMoney, seededChance } from '@bellwether/domain';
import {
  type AccountCommand,
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
import { BROKER_PROFILES, type BrokerOrderId, type SubmitOutcome } from '@bellwether/ports';
import {
  CALM_HABITS,
  CALM_WIRE,
  FakeBrokerage,
  type FakeEvent,
  type FakeHabits,
  FakeWire,
  type WireFaults,
} from '@bellwether/ports/testing';
import { type CrashPoint, isBetweenExits, pointsAfterCommit, pointsBeforeCommit } from './crash-points.ts';
import { EventQueue } from './event-queue.ts';
import { KeptRows } from './kept-rows.ts';
import { openGate, PLAY_LIMITS } from './open-gate.ts';
import { type MarketOptions, PlayMarket } from './play-market.ts';
import { PlayStanding } from './play-standing.ts';
import { brokenInvariant, liveExitShares, PlayTruth } from './play-truth.ts';
import { describe, describeCommand, shares, short } from './play-words.ts';
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
const TX_MS = [1, 15] as const;
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
  readonly posts: { readonly at: EpochMs; readonly row: AccountOrder; readonly sends: number }[] = [];
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
  readonly #settings: AccountSettings;
  readonly #queue = new EventQueue();
  readonly #orders = new Map<string, AccountOrder>();
  readonly #inbox = new Map<string, AccountFact>();
  readonly #worstStop = new Map<string, bigint>();
  #now: EpochMs;
  #life = 0;
  #wakeAt: EpochMs | null = null;
  #fresh = 0;

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
    this.#settings = {
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

  tell(text: string): void {
    if (this.#options.trace === true)
      this.trace.push(`${String(this.#now - (this.#options.start ?? START)).padStart(7)} ${text}`);
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
    if (this.#options.trace === true) this.tell(`  fact ${describe(fact)}`);
    machine.take({ ...fact, at: this.#now });
    this.#commit(fact, machine);
  }

  #start(): void {
    const life = this.#life;
    const kept = this.rows.read(this.#now);
    const monitor = (this.#options.monitor ?? quietMonitor)(kept?.memory.counters);
    this.machine = new AccountMachine(this.#settings, monitor, kept);
    this.#orders.clear();
    for (const position of this.machine.positions())
      for (const order of position.orders) this.#orders.set(order.clientOrderId, order);
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
      this.#perform(command);
      if (this.#life !== life) return;
    }
    this.#schedule(machine);
  }

  #keep(effects: AccountEffects, machine: AccountMachine): void {
    for (const order of effects.orders) this.#orders.set(order.clientOrderId, order);
    for (const alert of effects.alerts) {
      this.alerts.push({ ...alert, at: this.#now });
      this.tell(`  ${alert.level} ${alert.code}: ${alert.text}`);
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
    if (this.#options.trace === true)
      for (const order of effects.orders)
        this.tell(
          `  row ${short(order.clientOrderId)} ${order.purpose}/${order.leg}/${order.seq} ${order.status} ${shares(order.filledQuantity)}/${shares(order.quantity)} ${order.reason ?? ''}`,
        );
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

  #perform(command: AccountCommand): void {
    const life = this.#life;
    const alive = (run: () => void) => () => {
      if (this.#life === life) run();
    };
    if (this.#options.trace === true) this.tell(`  do ${describeCommand(command)}`);
    const wait = this.#span(TX_MS);
    switch (command.command) {
      case 'send':
        return this.after(
          wait,
          alive(() => this.#transactTwo(command.clientOrderId)),
        );
      case 'submit':
      case 'replace':
        return this.after(
          wait,
          alive(() => this.#post(command.clientOrderId, command.command, alive)),
        );
      case 'cancel':
        return this.after(
          wait,
          alive(() => this.#cancel(command.clientOrderId, alive)),
        );
      case 'cancel_stray':
        return this.after(
          wait,
          alive(() => {
            const { brokerOrderId } = command;
            this.brokerage.cancel(brokerOrderId as BrokerOrderId);
            this.feed({ at: this.#now, fact: 'stray_canceled', brokerOrderId });
          }),
        );
      default:
        return this.after(
          wait,
          alive(() => this.#read(command, alive)),
        );
    }
  }

  /** TX 2 reads the kill switches as they are in this instant. */
  #transactTwo(clientOrderId: string): void {
    const row = this.#orders.get(clientOrderId);
    if (row === undefined) return;
    const position = this.positions().find(({ positionId }) => positionId === row.positionId);
    const pipelineId = position?.pipelineId ?? '';
    const blocked = row.purpose === 'entry' ? refuseByStanding(this.standing.now, pipelineId, row.symbol) : null;
    this.feed({ at: this.#now, fact: 'sending', clientOrderId, blocked });
  }

  #post(clientOrderId: string, kind: 'submit' | 'replace', alive: (run: () => void) => () => void): void {
    const row = this.#orders.get(clientOrderId);
    if (row === undefined) return;
    const sends = this.posts.filter((post) => post.row.clientOrderId === clientOrderId).length + 1;
    this.posts.push({ at: this.#now, row, sends });
    const passage = this.wire.writing();
    let outcome: SubmitOutcome = { kind: 'unknown', cause: 'no answer within 10 s' };
    const { arrivesMs, repliesMs, reply } = passage;
    if (arrivesMs !== null)
      this.after(arrivesMs, () => {
        const answer = kind === 'submit' ? this.#arrive(row) : this.#arriveReplace(row);
        if (reply === 'answer') outcome = answer;
      });
    if (reply === 'unauthorized')
      outcome = { kind: 'refused', code: '40110000', text: 'access key verification failed', scope: 'account' };
    const fact = kind === 'submit' ? 'submitted' : 'replaced';
    this.after(
      repliesMs,
      alive(() => this.feed({ at: this.#now, fact, clientOrderId, outcome })),
    );
    const point = kind === 'replace' ? 'K12' : row.purpose === 'close' ? 'K13' : 'K4';
    if (this.#options.dies?.(point) === true) this.crash(point);
  }

  /** The order reaches the broker. I1, I5 and I6 are judged here, where they count. */
  #arrive(row: AccountOrder): SubmitOutcome {
    const { request } = row;
    if (request === null) throw new Error(`expected a request in row ${row.clientOrderId}, was none`);
    this.#fresh += 1;
    const outcome = this.brokerage.post(
      this.#options.freshIds === true ? { ...request, clientOrderId: `fresh-${this.#fresh}` } : request,
    );
    this.tell(
      `  broker ${outcome.kind} ${row.purpose}/${row.leg}/${row.seq} ${request.side} ${shares(request.quantity)}${outcome.kind === 'refused' ? ` ${outcome.text}` : ''}`,
    );
    if (outcome.kind !== 'accepted') return outcome;
    this.truth.own(row, outcome.order);
    this.#checkExits(row.symbol);
    return outcome;
  }

  #arriveReplace(row: AccountOrder): SubmitOutcome {
    const old = this.#orders.get(row.replaces ?? '');
    if (old === undefined || old.brokerOrderId === null || row.stopPrice === null)
      throw new Error(`expected an order that ${row.clientOrderId} replaces, with the broker's number, was none`);
    const outcome = this.brokerage.replace(old.brokerOrderId as BrokerOrderId, row.stopPrice, row.clientOrderId);
    this.tell(`  broker ${outcome.kind} replace by ${short(row.clientOrderId)}`);
    if (outcome.kind === 'accepted') this.truth.own(row, outcome.order);
    return outcome;
  }

  #checkExits(symbol: string): void {
    const own = this.brokerage.truth.own(symbol);
    const side = own > 0n ? 'sell' : 'buy';
    const size = own < 0n ? -own : own;
    const live = liveExitShares(this.brokerage.live(symbol), side);
    const root = this.brokerage.live(symbol).some(({ part }) => part === 'entry');
    if (own !== 0n && !root && live > size) this.note(`I1: exits of ${live} rest at the broker for ${size} ${symbol}`);
  }

  #cancel(clientOrderId: string, alive: (run: () => void) => () => void): void {
    const row = this.#orders.get(clientOrderId);
    if (row === undefined) return;
    if (row.leg !== 'entry' && row.reason === null)
      this.note(`I7: ${row.leg} ${short(clientOrderId)} is taken down without a reason`);
    const { arrivesMs, repliesMs, reply } = this.wire.writing();
    let outcome: 'requested' | 'already_terminal' | 'unknown' = 'unknown';
    if (arrivesMs !== null)
      this.after(arrivesMs, () => {
        const answer = this.brokerage.cancel((row.brokerOrderId ?? '') as BrokerOrderId);
        this.tell(`  broker cancel of ${row.purpose}/${row.leg}: ${answer}`);
        if (reply === 'answer') outcome = answer;
      });
    this.after(
      repliesMs,
      alive(() => this.feed({ at: this.#now, fact: 'cancel_answered', clientOrderId, outcome })),
    );
    if (this.#options.dies?.('K9') === true) this.crash('K9');
  }

  #read(command: AccountCommand, alive: (run: () => void) => () => void): void {
    const askedAt = this.#now;
    const { arrivesMs, repliesMs, reply } = this.wire.reading();
    let fact: AccountFact | null = null;
    if (arrivesMs !== null && reply === 'answer')
      this.after(arrivesMs, () => {
        fact = this.#answer(command, askedAt);
      });
    this.after(
      repliesMs,
      alive(() => this.feed(fact ?? this.#noAnswer(command))),
    );
  }

  #answer(command: AccountCommand, askedAt: EpochMs): AccountFact {
    const { brokerage } = this;
    const at = askedAt;
    switch (command.command) {
      case 'find':
        return { at, fact: 'found', clientOrderId: command.clientOrderId, order: this.#find(command.clientOrderId) };
      case 'read_orders': {
        const since = command.since === null ? {} : { since: Temporal.Instant.fromEpochMilliseconds(command.since) };
        return {
          at,
          fact: 'orders_read',
          askedAt,
          since: command.since,
          orders: brokerage.list({ status: 'all', ...since }),
        };
      }
      case 'read_fills':
        return { at, fact: 'fills_read', fills: brokerage.fillsSince(command.since) };
      case 'read_positions':
        return { at, fact: 'positions_read', askedAt, positions: brokerage.positions() };
      case 'read_account':
        return { at, fact: 'account_read', askedAt, account: brokerage.account() };
      case 'read_instrument': {
        const { symbol } = command;
        const facts = { symbol, tradable: true, shortable: true, easyToBorrow: true, fractionable: true };
        return { at, fact: 'instrument_read', symbol, facts };
      }
      default:
        throw new Error(`expected a read, was ${command.command}`);
    }
  }

  /** A leg has no name of ours at the broker: it is found by its number, or under what was sent. */
  #find(clientOrderId: string) {
    const row = this.#orders.get(clientOrderId);
    if (row !== undefined && row.request === null && row.replaces === null) {
      if (row.brokerOrderId !== null) return this.brokerage.findById(row.brokerOrderId as BrokerOrderId);
      return this.brokerage.find(row.groupId)?.legs.find((leg) => leg.type === row.type);
    }
    return this.brokerage.find(clientOrderId);
  }

  #noAnswer(command: AccountCommand): AccountFact {
    const at = this.#now;
    if (command.command === 'find') return { at, fact: 'found', clientOrderId: command.clientOrderId, order: null };
    const what = command.command === 'read_instrument' ? `read_instrument ${command.symbol}` : command.command;
    return { at, fact: 'read_failed', what, cause: 'no answer', isRefused: false };
  }

  #brokerSays(event: FakeEvent): void {
    this.truth.see(event);
    if (event.fill !== null) {
      const { symbol, side, quantity } = event.fill;
      if (this.#isByUser(event))
        this.external.set(symbol, (this.external.get(symbol) ?? 0n) + (side === 'buy' ? quantity : -quantity));
      this.truth.checkSum(this.brokerage, symbol, this.external.get(symbol) ?? 0n);
    }
    this.tell(
      `  broker ${event.kind} ${short(event.order.clientOrderId)} ${event.order.type} ${event.order.side} ${shares(event.order.filledQuantity)}/${shares(event.order.quantity)}${event.fill === null ? '' : ` at ${Number(event.fill.price) / 1e9}`}`,
    );
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
