import {
  BellwetherError,
  type EpochMs,
  type Money,
  NO_MONEY,
  type Price,
  priceFromNumber,
  type Refusal,
} from '@bellwether/domain';
import type { GateSnapshot } from '../guards/risk-gate.ts';
import { CLEAR_STANDING, refuseByStanding, type Standing } from '../guards/standing.ts';
import { isWatching, watchBar } from '../position/exit-controller.ts';
import { refusal } from '../position/position-book.ts';
import type { AccountEffects, AccountMemory, Holding, StandingChange } from './account-effects.ts';
import type { AccountFact, Proposal } from './account-fact.ts';
import { AccountLedger, type AccountTicket } from './account-ledger.ts';
import { type AccountOrder, type AccountPosition, isOut, isUncertain } from './account-position.ts';
import { type AccountSettings, AccountWorld } from './account-world.ts';
import { EntryDesk, type LaterEntry } from './entry-desk.ts';
import { ExitProtocol } from './exit-protocol.ts';
import { OrderProtocol } from './order-protocol.ts';
import { Reconciler } from './reconciler.ts';

/** Counts what goes out, and says when limits of the account demand a change of standing (trading-rules §9). */
export interface AccountMonitor {
  onOrder(facts: {
    readonly at: EpochMs;
    readonly pipelineId: string;
    readonly kind: 'sent' | 'accepted' | 'refused' | 'failed';
    readonly entry: boolean;
    readonly symbol: string;
    readonly side: 'buy' | 'sell';
  }): readonly StandingChange[];
  onSnapshot(facts: {
    readonly at: EpochMs;
    readonly exchangeDay: string;
    readonly equity: Money;
    readonly lastEquity: Money | null;
    readonly deposits: Money;
  }): readonly StandingChange[];
  onGateRefused(facts: {
    readonly at: EpochMs;
    readonly pipelineId: string;
    readonly rule: string;
  }): readonly StandingChange[];
  onNaked30s(facts: { readonly at: EpochMs; readonly exchangeDay: string }): readonly StandingChange[];
  onClosed(facts: { readonly exchangeDay: string; readonly openedOn: string }): readonly StandingChange[];
  onPass(facts: { readonly at: EpochMs; readonly clean: boolean }): readonly StandingChange[];
  onLink(facts: { readonly at: EpochMs; readonly state: 'connected' | 'lost' }): readonly StandingChange[];
  onSkew(facts: { readonly at: EpochMs; readonly skewMs: number }): readonly StandingChange[];
  onQuotes(facts: {
    readonly at: EpochMs;
    readonly pipelineId: string;
    readonly ageMs: number;
  }): readonly StandingChange[];
  onTime(facts: { readonly at: EpochMs; readonly exchangeDay: string }): readonly StandingChange[];
  counters(of: {
    readonly at: EpochMs;
    readonly pipelineId: string;
    readonly symbol: string;
    readonly side: 'buy' | 'sell';
    readonly exchangeDay: string;
  }): GateSnapshot['counters'];
  dayPnl(): Money | null;
  /** Something has recovered, and waits for a reconciliation to end clean. */
  readonly isRecovering: boolean;
  /** A scope was released by hand: what was latched there is counted anew. */
  release(of: { readonly scope: 'account' | 'pipeline'; readonly pipelineId: string | null }): void;
  save(): unknown;
}

/** What a machine goes on from. */
export interface KeptAccount {
  readonly memory: AccountMemory;
  readonly positions: readonly AccountPosition[];
  /** Ids of orders of positions that have closed, as far back as the broker's lists are read. */
  readonly known?: readonly string[];
}

/** The equity that the gate sizes against is at most this old. */
const SNAPSHOT_MS = 60_000;
/** An entry that cannot be judged within this is refused. */
const HOLD_MS = 30_000;
const MORE_THAN_FIVE_MINUTES = 300_000;

/**
 * fact ─▶ orders ─▶ positions ─▶ what should rest ─▶ rows, events, commands
 *
 * One account at one broker: everything that is known of it and everything that is asked of it. Synchronous, and a function of its facts.
 *
 * Invariants: a command is asked for once until it is answered, and only what is needed now; an effect is told once; a restored machine asks
 * again for what it still needs.
 */
export class AccountMachine {
  readonly #world: AccountWorld;
  readonly #ledger: AccountLedger;
  readonly #orders: OrderProtocol;
  readonly #exits: ExitProtocol;
  readonly #entries: EntryDesk;
  readonly #reconciler: Reconciler;
  readonly #monitor: AccountMonitor;
  readonly #wakes = new Map<string, EpochMs>();
  readonly #touched = new Set<AccountPosition>();
  #wakeAt: EpochMs | null = 0;
  /** Proposals that wait for a fresh account or an open gate; they are heard once they are judged. */
  #held: { readonly proposal: Proposal; readonly since: EpochMs; canceled: Refusal | null }[] = [];
  #heard: { key: string; outcome: 'taken' | 'refused'; text: string | null }[] = [];
  #snapshotChanged = false;
  /** Whether a standing was heard in this life: the first one tells what was released before it. */
  #hasStood = false;
  /** For what has recovered: once, or each look would begin the reconciliation anew. */
  #hasAskedForPass = false;

  constructor(settings: AccountSettings, monitor: AccountMonitor, kept?: KeptAccount) {
    this.#world = new AccountWorld(settings);
    this.#monitor = monitor;
    this.#ledger = new AccountLedger(this.#world);
    this.#orders = new OrderProtocol(this.#world, this.#ledger, {
      protectionRefused: (order) => this.#exits.protectionRefused(order),
      changed: (order) => this.#changed(order),
      counted: (order, kind) => this.#count(order, kind),
    });
    this.#exits = new ExitProtocol(this.#world, this.#ledger, this.#orders, {
      nakedTooLong: () => this.#demand(monitor.onNaked30s({ at: this.#world.at, exchangeDay: this.#day() })),
      closed: (position) => {
        this.#countClosed(position);
        this.#entries.onClosed(position);
      },
    });
    this.#entries = new EntryDesk(this.#world, this.#ledger, this.#orders, this.#exits, {
      counters: (pipelineId, symbol, side) =>
        monitor.counters({ at: this.#world.marketTime, pipelineId, symbol, side, exchangeDay: this.#day() }),
      dayPnl: () => monitor.dayPnl(),
      refused: (pipelineId, { rule }) =>
        this.#demand(monitor.onGateRefused({ at: this.#world.marketTime, pipelineId, rule })),
    });
    this.#reconciler = new Reconciler(this.#world, this.#ledger, this.#orders, (position) =>
      this.#touched.add(position),
    );
    if (kept !== undefined) this.#restore(kept);
  }

  /** Hears one fact. What follows from it is in `drain`. */
  take(fact: AccountFact): void {
    const world = this.#world;
    world.at = Math.max(world.at, fact.at);
    world.startedAt ??= world.at;
    world.tick += 1;
    this.#dispatch(fact);
    this.#settle(fact);
  }

  /** Returns everything since the last drain: rows to be committed first, then commands to be performed. */
  drain(): AccountEffects {
    const changes = this.#ledger.takeChanges();
    const effects = this.#world.takeEffects();
    const heard = this.#heard;
    this.#heard = [];
    const snapshot =
      this.#snapshotChanged && this.#world.snapshot !== null
        ? { ...this.#world.snapshot, reserved: this.#entries.reserved }
        : null;
    this.#snapshotChanged = false;
    const external = this.#reconciler.takeExternal();
    return { ...changes, ...effects, snapshot, external, heard };
  }

  saveMemory(): AccountMemory {
    return {
      marketTime: this.#world.marketTime,
      tickets: [...this.#ledger.tickets.values()],
      later: this.#entries.later,
      watermark: this.#reconciler.watermark,
      snapshot: this.#world.snapshot,
      external: [...this.#world.external.values()],
      counters: this.#monitor.save(),
      externalOrders: [...this.#world.externalOrders.values()],
      stood: { account: this.#world.standing.account, pipelines: [...this.#world.standing.pipelines.keys()] },
    };
  }

  /** When a `time` fact is wanted, though nothing else happens. */
  get nextWakeAt(): EpochMs | null {
    return this.#wakeAt;
  }

  get gateOpen(): boolean {
    return this.#world.gateOpen;
  }

  /** Whether nothing more comes of what is known: no question is out, nothing could be sent, no look is under way. */
  get isQuiet(): boolean {
    if (this.#world.outstanding.size > 0 || this.#held.length > 0 || this.#reconciler.isPassing) return false;
    for (const position of this.#ledger.open()) {
      for (const order of position.orders) {
        // A quarantined one is looked for over minutes: the market does not wait for it.
        if (isUncertain(order) && order.status !== 'quarantined') return false;
        if (order.status === 'planned' && order.leg === 'entry' && (order.notBefore ?? 0) <= this.#world.marketTime)
          return false;
      }
      const isOpen = this.#world.isOpen(position.symbol);
      if (isOpen && (position.status === 'protecting' || position.status === 'converting')) return false;
      if (isOpen && position.status === 'closing' && !position.orders.some((order) => isOut(order))) return false;
    }
    return true;
  }

  /** Not closed, and closed ones that are still watched for what comes late. */
  positions(): Iterable<AccountPosition> {
    return this.#ledger.positions.values();
  }

  #restore({ memory, positions, known }: KeptAccount): void {
    this.#world.marketTime = memory.marketTime;
    this.#world.snapshot = memory.snapshot;
    this.#world.external = new Map(memory.external.map((holding: Holding) => [holding.symbol, holding]));
    this.#reconciler.watermark = memory.watermark;
    // Released while nobody kept the account: the first standing that is heard will differ.
    this.#world.standing = {
      ...CLEAR_STANDING,
      account: memory.stood.account,
      pipelines: new Map(memory.stood.pipelines.map((id) => [id, 'halted'])),
    };
    for (const order of memory.externalOrders) this.#world.externalOrders.set(order.brokerOrderId, order);
    for (const id of known ?? []) this.#world.known.add(id);
    this.#entries.later = [...(memory.later as readonly LaterEntry[])];
    this.#ledger.restore(positions, memory.tickets as readonly AccountTicket[]);
  }

  #dispatch(fact: AccountFact): void {
    const world = this.#world;
    switch (fact.fact) {
      case 'proposed':
        this.#propose(fact.proposal);
        return;
      case 'close_asked':
        this.#closeAsked(fact.key, fact.positionId, fact.reason);
        return;
      case 'entries_canceled': {
        const { pipelineId, executionId, reason } = fact;
        for (const held of this.#held)
          if (
            (pipelineId === null || held.proposal.pipelineId === pipelineId) &&
            (executionId === null || held.proposal.ticket.executionId === executionId)
          )
            held.canceled = refusal(reason, `the entry was dropped: ${reason}`);
        this.#entries.cancelEntries(
          (position) =>
            (pipelineId === null || position.pipelineId === pipelineId) &&
            (executionId === null || position.executionId === executionId),
          reason,
        );
        this.#touchAll();
        return;
      }
      case 'standing':
        this.#releaseAfter(world.standing, fact.standing);
        this.#hasStood = true;
        world.standing = fact.standing;
        this.#entries.onStanding();
        this.#touchAll();
        return;
      case 'sending': {
        world.answered(`send ${fact.clientOrderId}`);
        const order = this.#ledger.orders.get(fact.clientOrderId);
        if (order !== undefined) this.#entries.sending(order, fact.blocked);
        return;
      }
      case 'submitted':
        return this.#answered(`submit ${fact.clientOrderId}`, fact.clientOrderId, (order) =>
          this.#orders.submitted(order, fact.outcome),
        );
      case 'replaced':
        return this.#answered(`replace ${fact.clientOrderId}`, fact.clientOrderId, (order) =>
          this.#orders.replaced(order, fact.outcome),
        );
      case 'cancel_answered':
        return this.#answered(`cancel ${fact.clientOrderId}`, fact.clientOrderId, (order) =>
          this.#orders.cancelAnswered(order, fact.outcome),
        );
      case 'stray_canceled':
        world.answered(`cancel_stray ${fact.brokerOrderId}`);
        return;
      case 'found':
        return this.#answered(`find ${fact.clientOrderId}`, fact.clientOrderId, (order) =>
          this.#orders.found(order, fact.order),
        );
      case 'order_seen': {
        const own = this.#orders.ownOf(fact.order);
        if (own !== undefined) this.#orders.see(own, fact.order, fact.fill);
        return;
      }
      case 'orders_read':
        world.answered('read_orders');
        this.#reconciler.ordersRead(fact.askedAt, fact.since, fact.orders);
        this.#touchAll();
        return;
      case 'fills_read':
        world.answered('read_fills');
        this.#reconciler.fillsRead(fact.fills);
        return;
      case 'positions_read':
        world.answered('read_positions');
        this.#reconciler.positionsRead(fact.askedAt, fact.positions);
        this.#touchAll();
        return;
      case 'account_read': {
        world.answered('read_account');
        this.#entries.onAccountRead(fact.askedAt);
        const snapshot = this.#reconciler.accountRead(fact.askedAt, fact.account, this.#entries.reserved);
        this.#snapshotChanged = true;
        const { equity, lastEquity } = snapshot;
        this.#demand(
          this.#monitor.onSnapshot({
            at: world.at,
            exchangeDay: this.#day(),
            equity,
            lastEquity,
            deposits: fact.account.netDepositsToday ?? NO_MONEY,
          }),
        );
        if (fact.skewMs !== null) this.#demand(this.#monitor.onSkew({ at: world.at, skewMs: fact.skewMs }));
        return;
      }
      case 'instrument_read':
        world.answered(`read_instrument ${fact.symbol}`);
        this.#entries.onInstrument(fact.symbol, fact.facts);
        return;
      case 'read_failed':
        world.answered(fact.what);
        this.#reconciler.readFailed();
        if (fact.isRefused) this.#connectionRefused(fact.cause);
        return;
      case 'link':
        world.isConnected = fact.state === 'connected';
        if (fact.state === 'connected') this.#reconciler.demandPass('stream connected');
        else
          world.alert(
            'notice',
            'stream_lost',
            `the broker's stream is lost${fact.cause === null ? '' : `: ${fact.cause}`}; stops rest at the broker`,
          );
        this.#demand(this.#monitor.onLink({ at: world.at, state: fact.state }));
        return;
      case 'market':
        this.#market(fact);
        return;
      case 'time':
        world.marketTime = Math.max(world.marketTime, fact.marketTime);
        this.#ledger.forgetWatched();
        this.#demand(this.#monitor.onTime({ at: world.at, exchangeDay: this.#day() }));
        this.#watchQuotes();
        this.#touchAll();
        return;
    }
  }

  #propose(proposal: Proposal): void {
    if (this.#held.some((held) => held.proposal.key === proposal.key)) return;
    this.#world.marketTime = Math.max(this.#world.marketTime, proposal.decidedAt);
    this.#held.push({ proposal, since: this.#world.at, canceled: null });
  }

  /** Judges what waits for a fresh account and an open gate; closes wait for nothing. */
  #judgeHeld(): void {
    const world = this.#world;
    const isFresh = world.snapshot !== null && world.at - world.snapshot.at <= SNAPSHOT_MS;
    for (const held of [...this.#held]) {
      const { proposal, since, canceled } = held;
      const opens = proposal.intents.some(({ purpose }) => purpose === 'open');
      const closes = proposal.intents.some(({ purpose }) => purpose === 'close');
      const isKnown = !opens || this.#entries.knowsInstrument(proposal.ticket.symbol);
      // What a stop forbids is refused while it stands: a release must not find it waiting.
      const stopped = opens
        ? (canceled ?? refuseByStanding(world.standing, proposal.pipelineId, proposal.ticket.symbol))
        : null;
      const isReady = !opens || closes || stopped !== null || (isFresh && world.gateOpen && isKnown);
      const isLate = world.at - since >= HOLD_MS;
      if (!isReady && !isLate) {
        if (!isFresh) world.command({ command: 'read_account', lane: 'read' });
        this.#wake(since + HOLD_MS);
        continue;
      }
      this.#held.splice(this.#held.indexOf(held), 1);
      this.#entries.propose(
        isReady
          ? { ...proposal, entryRefusal: proposal.entryRefusal ?? stopped }
          : { ...proposal, entryRefusal: proposal.entryRefusal ?? NOT_RECONCILED },
      );
      this.#heard.push({ key: proposal.key, outcome: 'taken', text: null });
    }
  }

  #closeAsked(key: string, positionId: string, reason: Parameters<ExitProtocol['startClose']>[1]): void {
    const position = this.#ledger.positions.get(positionId);
    if (position === undefined || position.status === 'closed') {
      this.#heard.push({ key, outcome: 'refused', text: 'the position is closed already' });
      return;
    }
    this.#exits.startClose(position, reason);
    this.#touched.add(position);
    this.#heard.push({ key, outcome: 'taken', text: null });
  }

  #market(fact: Extract<AccountFact, { fact: 'market' }>): void {
    const world = this.#world;
    const { symbol, bar, quote, halted } = fact;
    world.marketTime = Math.max(world.marketTime, fact.marketTime);
    if (halted === true) world.halted.add(symbol);
    else if (halted === false) world.halted.delete(symbol);
    if (quote !== null) world.quotes.set(symbol, quote);
    const seen = bar ?? (quote === null ? null : quoteBar((quote.bid + quote.ask) / 2));
    if (seen === null) return;
    world.marks.set(symbol, priceFromNumber(seen.close));
    for (const position of this.#ledger.openIn(symbol)) {
      this.#touched.add(position);
      if (isWatching(position) && this.#mayWatch(position) && watchBar(position, seen, feesPerShare(position)))
        this.#ledger.positionChanged(position);
    }
  }

  /** A split and a new stop take a moment of attention: not in the last five minutes, not in a halt, not while something is under way. */
  #mayWatch(position: AccountPosition): boolean {
    const { settings, marketTime, halted } = this.#world;
    if (halted.has(position.symbol) || position.orders.some((order) => isUncertain(order))) return false;
    if (position.firstDone) return true;
    const { isOpen, closesAt } = settings.sessionAt(position.symbol, marketTime);
    return isOpen && (closesAt === null || closesAt - marketTime > MORE_THAN_FIVE_MINUTES);
  }

  #answered(key: string, clientOrderId: string, then: (order: AccountOrder) => void): void {
    this.#world.answered(key);
    const order = this.#ledger.orders.get(clientOrderId);
    if (order === undefined) return;
    then(order);
    this.#changed(order);
  }

  #changed(order: AccountOrder): void {
    const position = this.#ledger.positionOf(order);
    this.#touched.add(position);
  }

  #count(order: AccountOrder, kind: 'sent' | 'accepted' | 'refused' | 'failed'): void {
    const { pipelineId } = this.#ledger.positionOf(order);
    const { symbol, side } = order;
    this.#demand(
      this.#monitor.onOrder({
        // Rates go by market time: a tape that runs fast sends no more in its hour than an exchange would hear.
        at: this.#world.marketTime,
        pipelineId,
        kind,
        entry: order.purpose === 'entry',
        symbol,
        side,
      }),
    );
  }

  /** The keys no longer open the account: told once, until it is well again. */
  #connectionRefused(text: string): void {
    const isTold = this.#world.refusedAt !== null;
    this.#world.refusedAt = this.#world.at;
    if (isTold) return;
    this.#world.demand({ scope: 'account', pipelineId: null, state: 'reducing', cause: 'connection_refused', text });
    this.#world.alert(
      'page',
      'connection_refused',
      `the broker refuses this connection: ${text}; stops rest at the broker`,
    );
  }

  /** How old the newest quote of each pipeline's shares is, while they trade. Where nothing is quoted there is nothing to grow old. */
  #watchQuotes(): void {
    const world = this.#world;
    const ages = new Map<string, number>();
    for (const { pipelineId, symbol } of this.#ledger.open()) {
      const quote = world.quotes.get(symbol);
      if (quote === undefined || !world.isOpen(symbol)) continue;
      const age = Math.max(0, world.marketTime - quote.at);
      ages.set(pipelineId, Math.min(age, ages.get(pipelineId) ?? age));
    }
    for (const [pipelineId, ageMs] of ages) this.#demand(this.#monitor.onQuotes({ at: world.at, pipelineId, ageMs }));
  }

  #countClosed({ openedAt }: AccountPosition): void {
    if (openedAt === null) return;
    const openedOn = this.#world.settings.exchangeDay(openedAt);
    this.#demand(this.#monitor.onClosed({ exchangeDay: this.#day(), openedOn }));
  }

  /** Whoever is active again was released, or its cause has ended: what the monitor had latched there begins anew. */
  #releaseAfter(before: Standing, now: Standing): void {
    if ((before.account !== 'active' || !this.#hasStood) && now.account === 'active')
      this.#monitor.release({ scope: 'account', pipelineId: null });
    for (const pipelineId of before.pipelines.keys())
      if (!now.pipelines.has(pipelineId)) this.#monitor.release({ scope: 'pipeline', pipelineId });
  }

  #demand(changes: readonly StandingChange[]): void {
    for (const change of changes) {
      this.#world.demand(change);
      if (change.flatten !== true) continue;
      for (const position of this.#ledger.open())
        if (change.pipelineId === null || change.pipelineId === position.pipelineId) {
          this.#exits.startClose(position, 'emergency');
          this.#touched.add(position);
        }
    }
  }

  #touchAll(): void {
    for (const position of this.#ledger.open()) this.#touched.add(position);
  }

  /** Looks at every position that something happened to, until nothing more follows. */
  #settle(fact: AccountFact): void {
    this.#wakeAt = null;
    if (fact.fact === 'time') this.#wakes.clear();
    this.#judgeHeld();
    for (let round = 0; this.#touched.size > 0; round++) {
      if (round > MOST_ROUNDS)
        throw new BellwetherError(
          'bug',
          'order/bad-transition',
          `expected positions to settle after ${MOST_ROUNDS} looks, they do not`,
        );
      const touched = [...this.#touched];
      this.#touched.clear();
      for (const position of touched) {
        const wake = this.#exits.control(position);
        if (wake === null || position.status === 'closed') this.#wakes.delete(position.positionId);
        else this.#wakes.set(position.positionId, wake);
      }
    }
    const sends = this.#entries.onTime();
    if (sends !== null) this.#wake(sends);
    const looks = this.#orders.onTime();
    if (looks !== null) this.#wake(looks);
    if (!this.#monitor.isRecovering) this.#hasAskedForPass = false;
    else if (!this.#hasAskedForPass) {
      this.#hasAskedForPass = true;
      this.#reconciler.demandPass('recovered');
    }
    this.#wake(this.#reconciler.onTime());
    if (this.#world.passedClean) {
      this.#world.passedClean = false;
      this.#demand(this.#monitor.onPass({ at: this.#world.at, clean: true }));
    }
    for (const wake of this.#wakes.values()) this.#wake(wake);
  }

  /** What is overdue was looked at just now: it is looked at again in a moment, not at once. */
  #wake(due: EpochMs): void {
    const at = due > this.#world.at ? due : this.#world.at + OVERDUE_MS;
    if (this.#wakeAt === null || at < this.#wakeAt) this.#wakeAt = at;
  }

  #day(): string {
    return this.#world.settings.exchangeDay(this.#world.marketTime);
  }
}

const MOST_ROUNDS = 50;
const OVERDUE_MS = 250;

const NOT_RECONCILED: Refusal = refusal(
  'not_reconciled',
  'the account was not reconciled with its broker within 30 s; nothing is opened until it is',
);

function quoteBar(price: number) {
  return { open: price, high: price, low: price, close: price };
}

/** Twice what the entry paid per share: what a round trip costs. */
function feesPerShare({ orders: [entry] }: AccountPosition): Price {
  if (entry === undefined || entry.filledQuantity === 0n) return 0n as Price;
  return ((entry.commission * 2n * 1_000_000_000_000n) / entry.filledQuantity) as Price;
}
