import { type EpochMs, HOUR_MS, type Refusal } from '@bellwether/domain';
import {
  type AccountCommand,
  type AccountEffects,
  type AccountFact,
  type AccountOrder,
  refuseByStanding,
  type Standing,
} from '@bellwether/kernel';
import type { WallClock } from '../feed/pace.ts';
import type { AccountBinding, AccountMind, AtOwnCrashPoint, Untimed } from './account-binding.ts';
import { AccountCommands, causeOf } from './account-commands.ts';
import { readRequest } from './account-inbox.ts';
import type { AccountNews, AccountStore, HeldAccount, InboxRow } from './account-store.ts';
import {
  type AccountWrite,
  type AccountWriter,
  type DoneRequest,
  LeaseLost,
  type PriceMark,
} from './account-writer.ts';
import { BrokerLanes } from './broker-lanes.ts';
import { followStream } from './broker-stream.ts';
import { crashPointsOf } from './crash-points.ts';
import { isOutage } from './database-outage.ts';
import { orderOf, positionOf, siblingsOf } from './mind-orders.ts';

export interface KeeperSettings {
  readonly held: HeldAccount;
  readonly binding: AccountBinding;
  readonly mind: AccountMind;
  readonly store: AccountStore;
  readonly writer: AccountWriter;
  readonly prices: Map<string, number>;
  readonly clock: WallClock;
  readonly log: (line: string, facts?: Readonly<Record<string, unknown>>) => void;
  readonly at: AtOwnCrashPoint;
}

/** `idle`: nothing is left to do. `changed`: what it was begun with no longer holds, begin again. */
export type KeeperOutcome = 'left' | 'idle' | 'changed';

/** The lease is 5 s; a worker that has not written for this long asks before it acts at the broker. */
const RENEW_MS = 1_500;
const SURE_MS = 3_000;
const LOOK_MS = 500;
/** After a nudge the row is about to be committed: look soon, and again, for a moment. */
const NUDGED_LOOK_MS = 15;
const NUDGED_LOOKS = 40;
const CONTROL_MS = 1_000;
const CALM_MS = 30_000;
/** An account without positions and requests is kept for a while: its next request is likely soon. */
const LINGER_MS = 90_000;
const OUTAGE_PAUSE_MS = 250;
const READ_AGAIN_MS = 1_000;
/** A screen follows prices no faster. */
const MARK_EVERY_MS = 500;

/** A tape's step whose facts have been told, until all that followed from it is done. */
interface OpenStep {
  readonly row: InboxRow;
  /** Reads that are part of it and failed, to be made again. */
  readonly again: Set<Look>;
  againAt: EpochMs;
}

type Look = 'read_orders' | 'read_positions' | 'read_account';
const LOOKS: readonly Look[] = ['read_orders', 'read_positions', 'read_account'];

interface AskedSend {
  readonly clientOrderId: string;
  readonly answer: (mayBeSent: boolean) => void;
}

/**
 * requests, stream, answers, time ─▶ one fact at a time ─▶ machine ─▶ commit ─▶ commands ─▶ lanes ─▶ broker ─▶ answers
 *
 * Invariants: nothing is asked of the broker before the rows that explain it are committed under the fence; a worker that has lost the account
 * writes nothing and asks for nothing more; whatever the broker answers, or does not, is a fact.
 */
export class AccountKeeper {
  readonly #settings: KeeperSettings;
  readonly #lanes: BrokerLanes;
  readonly #commands: AccountCommands;
  readonly #facts: AccountFact[] = [];
  readonly #sends: AskedSend[] = [];
  readonly #leaving = new AbortController();
  /** Requests that have been told to the machine and wait for its answer. */
  readonly #asked = new Map<string, InboxRow>();
  #signal: AbortSignal = this.#leaving.signal;
  /** Requests to reconcile, done when the gate is open. */
  readonly #reconciles = new Map<string, InboxRow>();
  /** Somebody asked for a reconciliation after the last one had ended: a keeper begins with one. */
  #wantsAgain = false;
  #hasLooked = false;
  #step: OpenStep | null = null;
  #tapeTime: EpochMs | null;
  /** Symbols whose price has moved since positions were last shown at it, and when it was made. */
  readonly #priced = new Map<string, EpochMs>();
  #markedAt: EpochMs = 0;
  #standing = '';
  #limits: string;
  #undone = 0;
  #lookAt = 0;
  #nudges = 0;
  #timeAt = 0;
  #renewedAt: EpochMs;
  #workedAt: EpochMs;
  #saved = { busy: true, gateOpen: false };
  #wake: () => void = () => undefined;

  constructor(settings: KeeperSettings) {
    this.#settings = settings;
    const { held, binding, clock, mind, at } = settings;
    const { requestsPerMinute, rateLeft = () => null, clockSkew = () => Promise.resolve(null) } = binding;
    this.#lanes = new BrokerLanes({ clock, requestsPerMinute, rateLeft, onFree: () => this.#wake() });
    this.#tapeTime = held.tapeTime;
    this.#limits = JSON.stringify(held.limits);
    this.#renewedAt = clock.now();
    this.#workedAt = clock.now();
    this.#commands = new AccountCommands({
      broker: binding.broker,
      instruments: binding.instruments,
      lanes: this.#lanes,
      clock,
      clockSkew,
      at,
      orderOf: (id) => orderOf(mind, id),
      siblingsOf: (order) => siblingsOf(mind, order),
      tell: (fact) => this.#tell(fact),
      mayBeSent: (clientOrderId) =>
        new Promise((answer) => {
          this.#sends.push({ clientOrderId, answer });
          this.#wake();
        }),
      isHeld: () => this.#isHeld(),
    });
  }

  /** Something was written for this account, or is about to be. */
  poke(): void {
    this.#nudges = NUDGED_LOOKS;
    this.#lookAt = 0;
    this.#wake();
  }

  /** Works until there is nothing left to do or `signal` aborts. Throws `LeaseLost`, `RowsRefused`, or a `bug` of the machine. */
  async keep(signal: AbortSignal): Promise<KeeperOutcome> {
    const { binding, clock } = this.#settings;
    this.#signal = signal;
    void followStream(binding.broker, clock, (fact) => this.#tell(fact), this.#leaving.signal);
    const stop = () => this.#wake();
    signal.addEventListener('abort', stop);
    try {
      return await this.#work(signal);
    } finally {
      signal.removeEventListener('abort', stop);
      this.#leaving.abort();
      this.#lanes.close();
      for (const { answer } of this.#sends) answer(false);
    }
  }

  /** Ids of requests that were told to the machine and not answered: what it may have failed at. */
  get pendingRequests(): readonly string[] {
    const step = this.#step === null ? [] : [this.#step.row];
    return [...this.#asked.values(), ...this.#reconciles.values(), ...step].map(({ id }) => id);
  }

  async #work(signal: AbortSignal): Promise<KeeperOutcome> {
    const { clock } = this.#settings;
    await this.#hear({ fact: 'time', marketTime: this.#marketTime() });
    while (!signal.aborted) {
      const now = clock.now();
      if (now - this.#renewedAt >= RENEW_MS) await this.#renew();
      if (now >= this.#lookAt && (await this.#look()) === 'changed') return 'changed';
      if (this.#wantsAgain && this.#step === null && this.#isQuiet()) return 'changed';
      const send = this.#sends.shift();
      if (send !== undefined) {
        await this.#send(send);
        continue;
      }
      const fact = this.#facts.shift();
      if (fact !== undefined) {
        await this.#take(fact);
        continue;
      }
      if (now >= this.#timeDue()) {
        await this.#hear({ fact: 'time', marketTime: this.#marketTime() });
        continue;
      }
      if ((await this.#endStep()) || (await this.#endReconciles()) || (await this.#showQuiet())) continue;
      if (this.#isIdle(now)) return 'idle';
      await this.#rest(signal);
    }
    return 'left';
  }

  async #rest(signal: AbortSignal): Promise<void> {
    if (this.#facts.length > 0 || this.#sends.length > 0 || signal.aborted) return;
    const { clock } = this.#settings;
    const pause = new AbortController();
    this.#wake = () => pause.abort();
    const until = Math.min(this.#lookAt, this.#timeDue(), this.#renewedAt + RENEW_MS);
    await clock.waitUntil(until, pause.signal);
    this.#wake = () => undefined;
  }

  #tell(fact: Untimed): void {
    this.#facts.push({ ...fact, at: this.#settings.clock.now() } as AccountFact);
    this.#wake();
  }

  #hear(fact: Untimed, done: readonly DoneRequest[] = []): Promise<void> {
    return this.#take({ ...fact, at: this.#settings.clock.now() } as AccountFact, done);
  }

  async #take(fact: AccountFact, done: readonly DoneRequest[] = []): Promise<void> {
    const { mind, clock } = this.#settings;
    if (fact.fact === 'time') this.#timeAt = clock.now();
    if (fact.fact === 'market') this.#notePrice(fact);
    if (fact.fact === 'read_failed') this.#readFailed(fact.what);
    mind.take(fact);
    await this.#follow(mind.drain(), done);
  }

  /** Commits what a fact has changed, then has done what it asks for. */
  async #follow(effects: AccountEffects, done: readonly DoneRequest[] = []): Promise<void> {
    const { mind, writer, at, clock } = this.#settings;
    const busy = !this.#isQuiet() || effects.commands.length > 0;
    const all = [...done, ...this.#answers(effects)];
    const marks = this.#takeMarks(clock.now());
    const isNews = busy !== this.#saved.busy || mind.gateOpen !== this.#saved.gateOpen;
    if (isNews || all.length > 0 || marks.length > 0 || hasRows(effects) || effects.commands.some(changesTheBroker)) {
      const points = crashPointsOf(effects);
      for (const point of points.before) await at(point);
      const begunAt = this.#settings.clock.now();
      await writer.commit(this.#writeOf(effects, busy, all, marks), (error) => this.#waitForDatabase(error));
      this.#committed(begunAt, busy, all);
      this.#logAlerts(effects);
      for (const point of points.after) await at(point);
    }
    for (const command of effects.commands) this.#commands.perform(command);
  }

  /** Who runs the installation hears of it too. */
  #logAlerts({ alerts }: AccountEffects): void {
    const { log, held } = this.#settings;
    for (const { level, code, text } of alerts)
      if (level !== 'notice') log(`${level}: ${text}`, { account: held.id, code });
  }

  /** TX 2: what stands against the order is read again in the transaction in which it becomes `submitting`. */
  async #send({ clientOrderId, answer }: AskedSend): Promise<void> {
    const { mind, writer } = this.#settings;
    let effects: AccountEffects | undefined;
    const begunAt = this.#settings.clock.now();
    try {
      const standing = await writer.commitSending(
        (now) => {
          const at = this.#settings.clock.now();
          const order = orderOf(mind, clientOrderId);
          mind.take({ fact: 'standing', at, standing: now });
          mind.take({
            fact: 'sending',
            at,
            clientOrderId,
            blocked: order === undefined ? null : this.#blocked(order, now),
          });
          effects = mind.drain();
          // The turn that waits for this is a request under way.
          return this.#writeOf(effects, true, this.#answers(effects));
        },
        (error) => this.#waitForDatabase(error),
      );
      if (effects === undefined) return answer(false);
      const done = this.#answers(effects);
      this.#committed(begunAt, true, done);
      const isSent = (command: AccountCommand) =>
        command.command === 'submit' && command.clientOrderId === clientOrderId;
      const order = orderOf(mind, clientOrderId);
      // Decided before the database was away, and stopped while it was.
      const isStopped = order !== undefined && this.#blocked(order, standing) !== null;
      const wasSent = effects.commands.some(isSent);
      if (wasSent && isStopped) this.#commands.withhold(clientOrderId, 'stopped before it was sent');
      answer(wasSent && !isStopped);
      for (const command of effects.commands) if (!isSent(command)) this.#commands.perform(command);
    } catch (error) {
      answer(false);
      throw error;
    }
  }

  #blocked(order: AccountOrder, standing: Standing): Refusal | null {
    if (order.purpose !== 'entry') return null;
    const owner = positionOf(this.#settings.mind, order);
    return owner === undefined ? null : refuseByStanding(standing, owner.pipelineId, order.symbol);
  }

  #writeOf(
    effects: AccountEffects,
    busy: boolean,
    done: readonly DoneRequest[],
    marks: readonly PriceMark[] = [],
  ): AccountWrite {
    const { mind } = this.#settings;
    return { effects, memory: mind.saveMemory(), busy, gateOpen: mind.gateOpen, done, marks };
  }

  /** What is held in symbols whose price has moved since it was last shown; at most once in a while, and again after that. */
  #takeMarks(now: EpochMs): readonly PriceMark[] {
    if (this.#priced.size === 0 || now - this.#markedAt < MARK_EVERY_MS) return [];
    const marks: PriceMark[] = [];
    for (const position of this.#settings.mind.positions()) {
      const at = this.#priced.get(position.symbol);
      if (at !== undefined && position.quantity > 0n) marks.push({ position, at });
    }
    this.#priced.clear();
    this.#markedAt = now;
    return marks;
  }

  /** The lease runs from when it was written, which is after `begunAt` and may be long before the commit is answered. */
  #committed(begunAt: EpochMs, busy: boolean, done: readonly DoneRequest[]): void {
    this.#saved = { busy, gateOpen: this.#settings.mind.gateOpen };
    this.#renewedAt = Math.max(this.#renewedAt, begunAt);
    for (const { inboxId } of done) {
      for (const [key, row] of this.#asked) if (row.id === inboxId) this.#asked.delete(key);
      this.#undone = Math.max(0, this.#undone - 1);
    }
  }

  /** Requests that the machine has answered with these effects. */
  #answers({ heard }: AccountEffects): readonly DoneRequest[] {
    return heard.flatMap(({ key, outcome, text }) => {
      const row = this.#asked.get(key);
      return row === undefined ? [] : [{ inboxId: row.id, outcome, text }];
    });
  }

  async #waitForDatabase(error: unknown): Promise<void> {
    const { clock, log, held } = this.#settings;
    log(`the database is away, account ${held.id} waits for it: ${causeOf(error)}`);
    if (this.#signal.aborted) throw error;
    await clock.waitUntil(clock.now() + OUTAGE_PAUSE_MS, this.#signal);
  }

  async #renew(): Promise<void> {
    const { store, held, clock, log } = this.#settings;
    const begunAt = clock.now();
    try {
      if (!(await store.renew(held.id, held.fence))) throw new LeaseLost(`account ${held.id} is held by somebody else`);
    } catch (error) {
      if (!isOutage(error)) throw error;
      log(`the lease of account ${held.id} could not be renewed: ${causeOf(error)}`);
      await clock.waitUntil(clock.now() + OUTAGE_PAUSE_MS, this.#signal);
      return;
    }
    this.#renewedAt = Math.max(this.#renewedAt, begunAt);
  }

  /** A worker that slept through its lease must not act on what it knew before. */
  async #isHeld(): Promise<boolean> {
    const { store, held, clock } = this.#settings;
    for (;;) {
      if (this.#leaving.signal.aborted) return false;
      if (clock.now() - this.#renewedAt < SURE_MS) return true;
      const begunAt = clock.now();
      try {
        if (!(await store.renew(held.id, held.fence))) return false;
        this.#renewedAt = Math.max(this.#renewedAt, begunAt);
      } catch (error) {
        if (!isOutage(error)) throw error;
        await clock.waitUntil(clock.now() + OUTAGE_PAUSE_MS, this.#leaving.signal);
      }
    }
  }

  async #look(): Promise<'changed' | 'same'> {
    const { store, held, clock, log } = this.#settings;
    this.#nudges = Math.max(0, this.#nudges - 1);
    let news: AccountNews;
    try {
      news = await store.news(held.id);
    } catch (error) {
      if (!isOutage(error)) throw error;
      log(`account ${held.id} could not be looked at: ${causeOf(error)}`);
      this.#lookAt = clock.now() + OUTAGE_PAUSE_MS;
      return 'same';
    }
    this.#lookAt = clock.now() + (this.#nudges > 0 ? NUDGED_LOOK_MS : LOOK_MS);
    if (news.limits !== this.#limits) return 'changed';
    this.#undone = news.inbox.length;
    if (news.inbox.length > 0) this.#workedAt = clock.now();
    const standing = textOf(news.standing);
    if (standing !== this.#standing) {
      this.#standing = standing;
      await this.#hear({ fact: 'standing', standing: news.standing });
    }
    await this.#requests(news.inbox);
    this.#hasLooked = true;
    return 'same';
  }

  /** Tells the machine what was asked of it, in order. A tape's next step waits until all of the last one is done. */
  async #requests(rows: readonly InboxRow[]): Promise<void> {
    let isBehind = false;
    for (const row of rows) {
      if (this.#asked.has(row.key) || this.#step?.row.id === row.id) continue;
      const request = readRequest(row);
      if (request.kind === 'unreadable') {
        await this.#follow(this.#settings.mind.drain(), [{ inboxId: row.id, outcome: 'refused', text: request.text }]);
      } else if (request.kind === 'reconcile') {
        if (this.#reconciles.has(row.id)) continue;
        if (this.#hasLooked && this.#settings.mind.gateOpen) this.#wantsAgain = true;
        else this.#reconciles.set(row.id, row);
      } else if (request.kind === 'market') {
        if (isBehind || this.#step !== null) {
          isBehind = true;
          continue;
        }
        this.#step = { row, again: new Set(), againAt: 0 };
        this.#tapeTime = Math.max(this.#tapeTime ?? 0, request.marketTime);
        for (const fact of request.facts) await this.#hear(fact);
        await this.#hear({ fact: 'time', marketTime: this.#marketTime() });
        if (request.look) for (const look of LOOKS) this.#read(look);
      } else if (row.kind === 'proposal' && isBehind) {
        // Decided on prices that the account has not heard of yet.
      } else if (request.isHeard) {
        this.#asked.set(row.key, row);
        await this.#hear(request.fact);
      } else {
        await this.#hear(request.fact, [{ inboxId: row.id, outcome: 'taken', text: null }]);
      }
    }
  }

  #read(command: Look): void {
    if (command !== 'read_orders') return this.#commands.perform({ command, lane: 'read' });
    const since = this.#settings.mind.saveMemory().watermark;
    this.#commands.perform({ command, since: since === null ? null : since - HOUR_MS, lane: 'read' });
  }

  #readFailed(what: string): void {
    const step = this.#step;
    const look = LOOKS.find((each) => each === what);
    if (step !== null && look !== undefined) {
      step.again.add(look);
      step.againAt = this.#settings.clock.now() + READ_AGAIN_MS;
    }
  }

  /** Ends a step of the tape once nothing more follows from it. */
  async #endStep(): Promise<boolean> {
    const step = this.#step;
    const { mind, clock } = this.#settings;
    if (step === null || !this.#isQuiet()) return false;
    if (step.again.size > 0) {
      if (clock.now() < step.againAt) return false;
      for (const look of step.again) this.#read(look);
      step.again.clear();
      return true;
    }
    this.#step = null;
    this.#lookAt = 0;
    await this.#follow(mind.drain(), [{ inboxId: step.row.id, outcome: 'taken', text: null }]);
    return true;
  }

  async #endReconciles(): Promise<boolean> {
    const { mind } = this.#settings;
    if (this.#reconciles.size === 0 || !mind.gateOpen) return false;
    const done = [...this.#reconciles.keys()].map((inboxId) => ({ inboxId, outcome: 'taken', text: 'reconciled' }));
    this.#reconciles.clear();
    await this.#follow(mind.drain(), done);
    return true;
  }

  /** The row says that the account is busy, and it is no longer. */
  async #showQuiet(): Promise<boolean> {
    if (!this.#saved.busy || this.#step !== null || !this.#isQuiet()) return false;
    await this.#follow(this.#settings.mind.drain());
    return true;
  }

  #isQuiet(): boolean {
    return this.#settings.mind.isQuiet && this.#lanes.outstanding === 0 && this.#facts.length === 0;
  }

  #isIdle(now: EpochMs): boolean {
    if (this.#undone > 0 || this.#asked.size > 0 || this.#step !== null || this.#lanes.outstanding > 0) return false;
    const { mind } = this.#settings;
    if (!mind.isQuiet || !mind.positions()[Symbol.iterator]().next().done) {
      this.#workedAt = now;
      return false;
    }
    return now - this.#workedAt >= LINGER_MS;
  }

  #timeDue(): EpochMs {
    const { mind } = this.#settings;
    let every = CALM_MS;
    for (const { status } of mind.positions()) if (status !== 'open' && status !== 'closed') every = CONTROL_MS;
    const due = this.#timeAt + every;
    const { nextWakeAt } = mind;
    return nextWakeAt === null ? due : Math.min(due, Math.max(nextWakeAt, this.#timeAt + 10));
  }

  /** The market's time: a tape's where one drives the account, else the wall's. */
  #marketTime(): EpochMs {
    return this.#tapeTime ?? this.#settings.clock.now();
  }

  #notePrice({ symbol, bar, quote }: Extract<AccountFact, { fact: 'market' }>): void {
    const price = bar?.close ?? (quote === null ? undefined : (quote.bid + quote.ask) / 2);
    if (price === undefined) return;
    this.#settings.prices.set(symbol, price);
    this.#priced.set(symbol, this.#marketTime());
  }
}

function hasRows({ positions, orders, fills, snapshot, external, standing, runs, events, alerts }: AccountEffects) {
  const lists = [positions, orders, fills, standing, runs, events, alerts];
  return snapshot !== null || external !== null || lists.some(({ length }) => length > 0);
}

function changesTheBroker({ command }: AccountCommand): boolean {
  return command === 'submit' || command === 'replace' || command === 'cancel' || command === 'cancel_stray';
}

function textOf({ pipelines, latched, ...rest }: Standing): string {
  return JSON.stringify([rest, [...pipelines].sort(), [...latched].sort()]);
}
