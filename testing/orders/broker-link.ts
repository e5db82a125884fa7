import type { EpochMs } from '@bellwether/domain';
import { type AccountCommand, type AccountFact, type AccountOrder, commandKey } from '@bellwether/kernel';
import type { BrokerOrder, BrokerOrderId, SubmitOutcome } from '@bellwether/ports';
import type { FakeBrokerage, FakeWire } from '@bellwether/ports/testing';
import type { CrashPoint } from './crash-points.ts';
import { liveExitShares, type PlayTruth } from './play-truth.ts';
import { describeCommand, shares, short } from './play-words.ts';

const TX_MS = [1, 15] as const;

/** What the link asks of the process that it serves. */
export interface LinkHost {
  readonly now: EpochMs;
  /** Which process it is: answers for one that has died find nobody. */
  readonly life: number;
  readonly freshIds: boolean;
  after(ms: number, run: () => void): void;
  feed(fact: AccountFact): void;
  row(clientOrderId: string): AccountOrder | undefined;
  transactTwo(clientOrderId: string): void;
  dies(point: CrashPoint): boolean;
  crash(point: CrashPoint): void;
  tell(text: () => string): void;
  note(text: string): void;
}

/** Carries commands over the wire to the broker, and answers back, each as late and as lost as the wire makes it. */
export class BrokerLink {
  /** Every request that left for the broker to make an order. */
  readonly posts: { readonly at: EpochMs; readonly row: AccountOrder; readonly sends: number }[] = [];
  readonly wire: FakeWire;
  readonly #host: LinkHost;
  readonly #brokerage: FakeBrokerage;
  readonly #truth: PlayTruth;
  #fresh = 0;

  constructor(host: LinkHost, brokerage: FakeBrokerage, wire: FakeWire, truth: PlayTruth) {
    this.#host = host;
    this.#brokerage = brokerage;
    this.wire = wire;
    this.#truth = truth;
  }

  perform(command: AccountCommand): void {
    const life = this.#host.life;
    const alive = (run: () => void) => () => {
      if (this.#host.life === life) run();
    };
    this.#host.tell(() => `  do ${describeCommand(command)}`);
    const wait = this.wire.span(TX_MS);
    switch (command.command) {
      case 'send':
        return this.#host.after(
          wait,
          alive(() => this.#host.transactTwo(command.clientOrderId)),
        );
      case 'submit':
      case 'replace':
        return this.#host.after(
          wait,
          alive(() => this.#post(command.clientOrderId, command.command, alive)),
        );
      case 'cancel':
        return this.#host.after(
          wait,
          alive(() => this.#cancel(command.clientOrderId, alive)),
        );
      case 'cancel_stray':
        return this.#host.after(
          wait,
          alive(() => {
            const { brokerOrderId } = command;
            this.#brokerage.cancel(brokerOrderId as BrokerOrderId);
            this.#host.feed({ at: this.#host.now, fact: 'stray_canceled', brokerOrderId });
          }),
        );
      default:
        return this.#host.after(
          wait,
          alive(() => this.#read(command, alive)),
        );
    }
  }

  #post(clientOrderId: string, kind: 'submit' | 'replace', alive: (run: () => void) => () => void): void {
    const row = this.#host.row(clientOrderId);
    if (row === undefined) return;
    const sends = this.posts.filter((post) => post.row.clientOrderId === clientOrderId).length + 1;
    this.posts.push({ at: this.#host.now, row, sends });
    const passage = this.wire.writing();
    let outcome: SubmitOutcome = { kind: 'unknown', cause: 'no answer within 10 s' };
    const { arrivesMs, repliesMs, reply } = passage;
    if (arrivesMs !== null)
      this.#host.after(arrivesMs, () => {
        const answer = kind === 'submit' ? this.#arrive(row) : this.#arriveReplace(row);
        if (reply === 'answer') outcome = answer;
      });
    if (reply === 'unauthorized')
      outcome = { kind: 'refused', code: '40110000', text: 'access key verification failed', scope: 'account' };
    const fact = kind === 'submit' ? 'submitted' : 'replaced';
    this.#host.after(
      repliesMs,
      alive(() => this.#host.feed({ at: this.#host.now, fact, clientOrderId, outcome })),
    );
    const point = kind === 'replace' ? 'K12' : row.purpose === 'close' ? 'K13' : 'K4';
    if (this.#host.dies(point)) this.#host.crash(point);
  }

  /** The order reaches the broker. I1, I5 and I6 are judged here, where they count. */
  #arrive(row: AccountOrder): SubmitOutcome {
    const { request } = row;
    if (request === null) throw new Error(`expected a request in row ${row.clientOrderId}, was none`);
    this.#fresh += 1;
    const outcome = this.#brokerage.post(
      this.#host.freshIds ? { ...request, clientOrderId: `fresh-${this.#fresh}` } : request,
    );
    this.#host.tell(
      () =>
        `  broker ${outcome.kind} ${row.purpose}/${row.leg}/${row.seq} ${request.side} ${shares(request.quantity)}${outcome.kind === 'refused' ? ` ${outcome.text}` : ''}`,
    );
    if (outcome.kind !== 'accepted') return outcome;
    this.#truth.own(row, outcome.order);
    this.#checkExits(row.symbol);
    return outcome;
  }

  #arriveReplace(row: AccountOrder): SubmitOutcome {
    const old = this.#host.row(row.replaces ?? '');
    if (old === undefined || old.brokerOrderId === null || row.stopPrice === null)
      throw new Error(`expected an order that ${row.clientOrderId} replaces, with the broker's number, was none`);
    const outcome = this.#brokerage.replace(old.brokerOrderId as BrokerOrderId, row.stopPrice, row.clientOrderId);
    this.#host.tell(() => `  broker ${outcome.kind} replace by ${short(row.clientOrderId)}`);
    if (outcome.kind === 'accepted') this.#truth.own(row, outcome.order);
    return outcome;
  }

  #checkExits(symbol: string): void {
    const own = this.#brokerage.truth.own(symbol);
    const side = own > 0n ? 'sell' : 'buy';
    const size = own < 0n ? -own : own;
    const live = liveExitShares(this.#brokerage.live(symbol), side);
    const root = this.#brokerage.live(symbol).some(({ part }) => part === 'entry');
    if (own !== 0n && !root && live > size)
      this.#host.note(`I1: exits of ${live} rest at the broker for ${size} ${symbol}`);
  }

  #cancel(clientOrderId: string, alive: (run: () => void) => () => void): void {
    const row = this.#host.row(clientOrderId);
    if (row === undefined) return;
    if (row.leg !== 'entry' && row.reason === null)
      this.#host.note(`I7: ${row.leg} ${short(clientOrderId)} is taken down without a reason`);
    const { arrivesMs, repliesMs, reply } = this.wire.writing();
    let outcome: 'requested' | 'already_terminal' | 'unknown' = 'unknown';
    if (arrivesMs !== null)
      this.#host.after(arrivesMs, () => {
        const answer = this.#brokerage.cancel((row.brokerOrderId ?? '') as BrokerOrderId);
        this.#host.tell(() => `  broker cancel of ${row.purpose}/${row.leg}: ${answer}`);
        if (reply === 'answer') outcome = answer;
      });
    this.#host.after(
      repliesMs,
      alive(() => this.#host.feed({ at: this.#host.now, fact: 'cancel_answered', clientOrderId, outcome })),
    );
    if (this.#host.dies('K9')) this.#host.crash('K9');
  }

  #read(command: AccountCommand, alive: (run: () => void) => () => void): void {
    const askedAt = this.#host.now;
    const { arrivesMs, repliesMs, reply } = this.wire.reading();
    let fact: AccountFact | null = null;
    if (arrivesMs !== null && reply === 'answer')
      this.#host.after(arrivesMs, () => {
        fact = this.#answer(command, askedAt);
      });
    this.#host.after(
      repliesMs,
      alive(() => this.#host.feed(fact ?? this.#noAnswer(command))),
    );
  }

  #answer(command: AccountCommand, askedAt: EpochMs): AccountFact {
    const brokerage = this.#brokerage;
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
        return { at, fact: 'account_read', askedAt, account: brokerage.account(), skewMs: null };
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
  #find(clientOrderId: string): BrokerOrder | undefined {
    const row = this.#host.row(clientOrderId);
    if (row !== undefined && row.request === null && row.replaces === null) {
      if (row.brokerOrderId !== null) return this.#brokerage.findById(row.brokerOrderId as BrokerOrderId);
      return this.#brokerage.find(row.groupId)?.legs.find((leg) => leg.type === row.type);
    }
    return this.#brokerage.find(clientOrderId);
  }

  #noAnswer(command: AccountCommand): AccountFact {
    const at = this.#host.now;
    if (command.command === 'find') return { at, fact: 'found', clientOrderId: command.clientOrderId, order: null };
    return { at, fact: 'read_failed', what: commandKey(command), cause: 'no answer', isRefused: false };
  }
}
