import {
  type EpochMs,
  formatQuantity,
  isTerminal,
  type Money,
  NO_MONEY,
  NO_QUANTITY,
  parseQuantity,
  priceFromNumber,
  type Quantity,
  type Refusal,
} from '@bellwether/domain';
import type { InstrumentFacts } from '@bellwether/ports';
import type { OrderIntent } from '../agent/agent-output.ts';
import type { GateAnswer, GateHolding, GateRequest, GateSnapshot } from '../guards/risk-gate.ts';
import { refuseByStanding, standingOf } from '../guards/standing.ts';
import { positionIdOf } from '../order/client-order-id.ts';
import { checkIntent, entryRequest, intentLevels, plannedPosition } from '../position/plan-orders.ts';
import { refusal } from '../position/position-book.ts';
import { averageEntry } from '../position/position-state.ts';
import type { ExternalOrder } from './account-effects.ts';
import type { Proposal } from './account-fact.ts';
import { type AccountLedger, type AccountTicket, closingKey } from './account-ledger.ts';
import { type AccountOrder, type AccountPosition, isOut } from './account-position.ts';
import type { AccountWorld } from './account-world.ts';
import type { ExitProtocol } from './exit-protocol.ts';
import { ENTRY_SEND_MS, type OrderProtocol } from './order-protocol.ts';

/** An entry that waits for its predecessor in the symbol to close: a reverse. */
export interface LaterEntry {
  readonly key: string;
  readonly proposal: Proposal;
  readonly index: number;
}

/** What the gate is told beside the account's own rows. */
export interface GateCounts {
  counters(pipelineId: string, symbol: string, side: 'buy' | 'sell'): GateSnapshot['counters'];
  dayPnl(): Money | null;
  /** The gate said no. */
  refused(pipelineId: string, why: Refusal): void;
}

/** A reservation passes to the broker's own count at the first snapshot asked for this long after acceptance. */
const COUNTED_AFTER_MS = 2_000;
/** What a broker says of an instrument is asked again after this. */
const INSTRUMENT_MS = 600_000;
const MARKET_VALID_MS = 300_000;
const DEFERRED_SEND_MS = 300_000;

/**
 * proposal ─▶ refused, or position `opening` and order `planned` (TX 1) ─▶ send (TX 2) ─▶ protocol
 *
 * Invariants: nothing is opened without the gate; what waited is judged again before it is sent; a proposal heard twice is answered once.
 */
export class EntryDesk {
  readonly #world: AccountWorld;
  readonly #ledger: AccountLedger;
  readonly #orders: OrderProtocol;
  readonly #exits: ExitProtocol;
  readonly #counts: GateCounts;
  readonly #instruments = new Map<string, { readonly facts: InstrumentFacts | null; readonly at: EpochMs }>();
  later: LaterEntry[] = [];

  constructor(
    world: AccountWorld,
    ledger: AccountLedger,
    orders: OrderProtocol,
    exits: ExitProtocol,
    counts: GateCounts,
  ) {
    this.#world = world;
    this.#ledger = ledger;
    this.#orders = orders;
    this.#exits = exits;
    this.#counts = counts;
  }

  /** Takes the intents of one trade node: closes first, as they stand in its plan. */
  propose(proposal: Proposal): void {
    const ticket = this.#ledger.newTicket(proposal.ticket, proposal.pipelineId);
    for (const [index, intent] of proposal.intents.entries()) {
      if (intent.purpose === 'close') this.#proposeClose(proposal, intent, ticket);
      else this.#proposeOpen(proposal, intent, index, ticket);
    }
    this.#ledger.settleIfDone(ticket);
  }

  #proposeClose({ pipelineId }: Proposal, intent: OrderIntent, ticket: AccountTicket): void {
    const held = this.#own(pipelineId, intent.symbol);
    if (held === undefined || held.quantity === 0n || !this.#exits.startClose(held, 'signal_exit')) {
      ticket.refusal ??= refusal(
        'nothing_to_close',
        `this pipeline holds no ${intent.symbol} that is not already being closed`,
      );
      return;
    }
    ticket.orders.push(closingKey(held));
    this.#ledger.await(ticket, closingKey(held));
  }

  #proposeOpen(proposal: Proposal, intent: OrderIntent, index: number, ticket: AccountTicket): void {
    const early = proposal.entryRefusal ?? this.#refuseEarly(proposal, intent);
    if (early !== null) {
      ticket.refusal ??= early;
      return;
    }
    const leaving = this.#own(proposal.pipelineId, intent.symbol);
    if (leaving !== undefined && leaving.closing !== null) {
      const key = `later ${proposal.key} ${index}`;
      this.later.push({ key, proposal, index });
      this.#ledger.await(ticket, key);
      return;
    }
    const refused = this.#admit(proposal, intent, index, ticket);
    if (refused !== null) ticket.refusal ??= refused;
  }

  #refuseEarly({ pipelineId, sessionOpen, entryWhenClosed }: Proposal, intent: OrderIntent): Refusal | null {
    const standing = refuseByStanding(this.#world.standing, pipelineId, intent.symbol);
    if (standing !== null) return standing;
    const broken = checkIntent(intent);
    if (broken !== null) return broken;
    if (intent.stopLoss === null)
      return refusal(
        'stop_required',
        'a broker account opens nothing without a stop; give the strategy a stop, or trade it in simulation',
      );
    if (!sessionOpen && entryWhenClosed === 'drop')
      return refusal('market_closed', 'the market is closed and the trade manager drops such entries');
    return null;
  }

  /** Asks the gate, and writes position and order down. */
  #admit(proposal: Proposal, intent: OrderIntent, index: number, ticket: AccountTicket): Refusal | null {
    const { settings, at, marketTime } = this.#world;
    const answer = this.#ask(proposal.pipelineId, intent, proposal.decidedAt, at, null);
    if (answer.kind === 'refused') return answer.refusal;
    const { pipelineId } = proposal;
    const positionId = positionIdOf(proposal.key, intent.symbol, index + 1, settings.sha256);
    if (this.#ledger.positions.has(positionId)) return refusal('already_taken', 'this entry has been taken before');
    const sized = { ...intent, quantity: formatQuantity(answer.quantity) };
    const position: AccountPosition = {
      ...plannedPosition(
        { positionId, executionId: proposal.ticket.executionId },
        sized,
        { ...PLAN, exits: proposal.exits },
        false,
      ),
      pipelineId,
      orders: [],
      partialPatienceMs: proposal.partialPatienceMs,
      naked: 0n,
      nakedShareMs: 0n,
      nakedAsOf: at,
      ladder: { nakedSince: null, refusals: 0, retryAt: null, alarmed: false, paged: false },
      halted: false,
      closeAskedAt: null,
      excess: NO_QUANTITY,
      leavingSince: null,
      externalQuantity: NO_QUANTITY,
      externalAmount: NO_MONEY,
      lastFillAt: 0,
      reopened: false,
      replaceRetryAt: null,
      toldFor: null,
      groupReadAt: 0,
    };
    this.#ledger.add(position);
    const limitPrice = answer.limitPrice ?? intentLevels(intent).limit;
    const wanted = parseQuantity(intent.quantity);
    const entry = this.#ledger.plan(
      position,
      {
        purpose: 'entry',
        leg: 'entry',
        side: intent.side,
        type: limitPrice === null ? 'market' : 'limit',
        quantity: answer.quantity,
        limitPrice,
        at: marketTime,
      },
      {
        approvedAt: at,
        notBefore: proposal.sessionOpen ? null : settings.sessionAt(intent.symbol, marketTime).nextOpen,
        // On bars a market order waits for the next open, which a quiet instrument may take minutes to have.
        validMs: limitPrice === null ? Math.max(proposal.entryValidMs, MARKET_VALID_MS) : proposal.entryValidMs,
        sizingPrice: priceFromNumber(intent.sizingPrice),
        reserved: answer.reserved,
        ...(answer.quantity < wanted
          ? { cut: { rule: answer.bindingCap, decidedQuantity: formatQuantity(wanted) } }
          : {}),
      },
    );
    this.#ledger.setRequest(
      entry,
      entryRequest(position, entry, (sketch) => this.#ledger.plan(position, sketch)),
    );
    if (answer.quantity < wanted)
      entry.reason = `${answer.bindingCap} let through ${formatQuantity(answer.quantity)} of ${formatQuantity(wanted)} shares`;
    ticket.orders.push(entry.clientOrderId);
    this.#ledger.await(ticket, entry.clientOrderId);
    this.#ledger.report(entry);
    return null;
  }

  /** Sends what is planned and may go; drops what waited too long, or may no longer. Returns when to look again. */
  onTime(): EpochMs | null {
    let next: EpochMs | null = null;
    for (const position of [...this.#ledger.open()]) {
      const entry = position.orders[0];
      if (entry?.status !== 'planned' || this.#world.outstanding.has(`send ${entry.clientOrderId}`)) continue;
      const { notBefore, approvedAt } = entry;
      const standing = refuseByStanding(this.#world.standing, position.pipelineId, position.symbol);
      if (standing !== null) this.drop(entry, standing);
      else if (notBefore !== null && this.#world.marketTime < notBefore) continue;
      else if (notBefore !== null && this.#world.marketTime > notBefore + DEFERRED_SEND_MS)
        this.drop(
          entry,
          refusal('entry_expired', 'the entry waited for the open and could not be sent within five minutes of it'),
        );
      else if (notBefore === null && this.#world.at - (approvedAt ?? 0) > ENTRY_SEND_MS)
        this.drop(entry, refusal('entry_expired', 'the entry could not be sent within 30 s of its approval'));
      else if (this.#world.gateOpen && this.#world.isConnected)
        this.#world.command({ command: 'send', clientOrderId: entry.clientOrderId, lane: 'entry' });
      else {
        const expires = (approvedAt ?? 0) + ENTRY_SEND_MS + 1;
        if (notBefore === null && (next === null || expires < next)) next = expires;
      }
    }
    return next;
  }

  /** TX 2: kill switches were read again in the transaction that this belongs to. An unknown entry passes here before it is sent again. */
  sending(entry: AccountOrder, blocked: Refusal | null): void {
    if (entry.status !== 'planned' && entry.status !== 'unknown') return;
    const position = this.#ledger.positionOf(entry);
    const refused =
      blocked ??
      refuseByStanding(this.#world.standing, position.pipelineId, entry.symbol) ??
      this.#judgeAgain(position, entry);
    if (refused !== null) {
      if (entry.status === 'planned') this.drop(entry, refused);
      else this.#orders.giveUp(entry, refused.rule);
      return;
    }
    // Not now: it is tried again while it is young enough. An unknown one that waited for the gate would wait for itself.
    const { gateOpen, lacksOnlyUnknown, isConnected } = this.#world;
    const isReady = gateOpen || (entry.status === 'unknown' && lacksOnlyUnknown);
    if (!isReady || !isConnected) return this.#orders.holdBack(entry);
    this.#orders.submit(entry);
  }

  /** What waited for the open is judged again by every control; what goes at once, by its age. */
  #judgeAgain(position: AccountPosition, entry: AccountOrder): Refusal | null {
    const { at } = this.#world;
    if (entry.notBefore === null || entry.status === 'unknown') {
      if (at - (entry.approvedAt ?? 0) > ENTRY_SEND_MS)
        return refusal('entry_expired', 'the entry could not be sent within 30 s of its approval');
      return this.#world.isOpen(entry.symbol)
        ? null
        : refusal('market_closed', 'the market closed before the entry was sent');
    }
    const intent = intentOf(position, entry);
    const answer = this.#ask(position.pipelineId, intent, this.#world.marketTime, at, position);
    if (answer.kind === 'refused') return answer.refusal;
    if (answer.quantity < entry.quantity)
      return refusal(
        answer.bindingCap,
        `at the open only ${formatQuantity(answer.quantity)} of ${formatQuantity(entry.quantity)} shares would be let through`,
      );
    entry.approvedAt = at;
    return null;
  }

  drop(entry: AccountOrder, why: Refusal): void {
    const position = this.#ledger.positionOf(entry);
    this.#ledger.moveTo(entry, 'dropped', why.rule, why);
    for (const leg of position.orders) this.#ledger.moveTo(leg, 'dropped', why.rule);
    this.#exits.entryEnded(position);
    this.#exits.control(position);
  }

  /** Drops unsent entries and cancels working ones. */
  cancelEntries(concerns: (position: AccountPosition) => boolean, reason: string): void {
    for (const position of [...this.#ledger.open()]) {
      const entry = position.orders[0];
      if (entry === undefined || isTerminal(entry.status) || !concerns(position)) continue;
      if (entry.status === 'planned') this.drop(entry, refusal(reason, `the entry was dropped: ${reason}`));
      else if (isOut(entry)) this.#orders.cancel(entry, reason);
    }
    for (const waiting of [...this.later]) {
      const { pipelineId, ticket } = waiting.proposal;
      const stub = { pipelineId, executionId: ticket.executionId, symbol: ticket.symbol };
      if (!concerns(stub as AccountPosition)) continue;
      this.later.splice(this.later.indexOf(waiting), 1);
      this.#ledger.release(waiting.key, refusal(reason, `the entry was dropped: ${reason}`));
    }
  }

  /** Kill switches and safety states as they are now. */
  onStanding(): void {
    const { standing } = this.#world;
    this.cancelEntries(({ pipelineId }) => standingOf(standing, pipelineId) === 'halted', 'kill_switch');
    const { flatten } = standing;
    if (flatten === 'none') return;
    for (const position of this.#ledger.open())
      if (flatten === 'account' || flatten.includes(position.pipelineId))
        this.#exits.startClose(position, 'kill_switch');
  }

  /** A position has closed: what waited to take its place is judged now. */
  onClosed(closed: AccountPosition): void {
    for (const waiting of [...this.later]) {
      const { proposal, index, key } = waiting;
      const intent = proposal.intents[index];
      if (proposal.pipelineId !== closed.pipelineId || intent?.symbol !== closed.symbol) continue;
      this.later.splice(this.later.indexOf(waiting), 1);
      const ticket = this.#ledger.tickets.get(proposal.ticket.commandId);
      if (ticket === undefined) continue;
      const refused = this.#refuseEarly(proposal, intent) ?? this.#admit(proposal, intent, index, ticket);
      this.#ledger.release(key, refused);
    }
  }

  onAccountRead(askedAt: EpochMs): void {
    for (const order of this.#ledger.orders.values())
      if (order.reserved > 0n && order.acceptedAt !== null && askedAt >= order.acceptedAt + COUNTED_AFTER_MS) {
        order.reserved = NO_MONEY;
        this.#ledger.touchOrder(order);
      }
  }

  onInstrument(symbol: string, facts: InstrumentFacts | null): void {
    this.#instruments.set(symbol, { facts, at: this.#world.at });
  }

  /** Whether the broker's word on this instrument is fresh enough to be judged by; asks for it otherwise. */
  knowsInstrument(symbol: string): boolean {
    const known = this.#instruments.get(symbol);
    if (known !== undefined && this.#world.at - known.at <= INSTRUMENT_MS) return true;
    this.#world.command({ command: 'read_instrument', symbol, lane: 'entry' });
    return false;
  }

  get reserved(): Money {
    let sum = 0n;
    for (const order of this.#ledger.orders.values()) sum += order.reserved;
    return sum as Money;
  }

  #own(pipelineId: string, symbol: string): AccountPosition | undefined {
    return this.#ledger.openIn(symbol).find((position) => position.pipelineId === pipelineId);
  }

  #ask(
    pipelineId: string,
    intent: OrderIntent,
    decidedAt: EpochMs,
    heardAt: EpochMs,
    entering: AccountPosition | null,
  ): GateAnswer {
    const request: GateRequest = {
      pipelineId,
      positionId: entering?.positionId ?? null,
      intent,
      decidedAt,
      heardAt,
      deferred: entering !== null,
      allowPyramiding: false,
    };
    const { settings, standing } = this.#world;
    const answer = settings.gate(request, this.#view(pipelineId, intent), standing, settings.limits);
    if (answer.kind === 'refused') this.#counts.refused(pipelineId, answer.refusal);
    return answer;
  }

  /** What was sent, and what was let through and is about to be: entries that are weighed together count each other. */
  #counters(pipelineId: string, { symbol, side }: OrderIntent): GateSnapshot['counters'] {
    const counted = this.#counts.counters(pipelineId, symbol, side);
    let waiting = 0;
    let own = 0;
    for (const position of this.#ledger.open()) {
      const entry = position.orders[0];
      if (entry?.status !== 'planned' || entry.notBefore !== null) continue;
      waiting += 1;
      if (position.pipelineId === pipelineId) own += 1;
    }
    return {
      ...counted,
      entriesInHour: counted.entriesInHour + own,
      ordersInMinute: counted.ordersInMinute + waiting,
      ordersInDay: counted.ordersInDay + waiting,
    };
  }

  #view(pipelineId: string, intent: OrderIntent): GateSnapshot {
    const world = this.#world;
    const { symbol } = intent;
    const holdings: GateHolding[] = [];
    for (const position of this.#ledger.open()) {
      const entry = position.orders[0] as AccountOrder;
      const pending = isTerminal(entry.status) ? 0n : entry.quantity - entry.filledQuantity;
      const average = averageEntry(position);
      holdings.push({
        pipelineId: position.pipelineId,
        positionId: position.positionId,
        symbol: position.symbol,
        side: position.side,
        quantity: position.quantity,
        pending: pending as Quantity,
        mark: world.marks.get(position.symbol) ?? (average > 0n ? average : (entry.sizingPrice ?? average)),
        averageEntry: average,
        stop: position.stop,
        reserved: entry.reserved,
        entryAccountedFor: entry.reserved === 0n,
      });
    }
    return {
      at: world.at,
      marketTime: world.marketTime,
      equity: world.snapshot?.equity ?? null,
      snapshotAt: world.snapshot?.at ?? null,
      buyingPower: (world.snapshot?.buyingPower ?? 0n) as Money,
      holdings,
      external: new Map([...world.external].map(([of, holding]) => [of, holding.quantity])),
      externalPrices: new Map(
        [...world.external].map(([of, { averageEntry: bought }]) => [of, world.marks.get(of) ?? bought]),
      ),
      externalOrders: sidesOf(world.externalOrders.values()),
      drifting: world.drifting,
      instrument: this.#instruments.get(symbol)?.facts ?? null,
      averageVolumeShares: null,
      // What is quoted while the exchange is closed is nothing to buy at: the entry is judged again when it opens.
      quote: world.isOpen(symbol) ? (world.quotes.get(symbol) ?? null) : null,
      halted: world.halted.has(symbol),
      counters: this.#counters(pipelineId, intent),
      dayPnl: this.#counts.dayPnl(),
      capabilities: world.settings.capabilities,
    };
  }
}

/** In which symbols somebody else's orders work, and on which side. */
function sidesOf(orders: Iterable<ExternalOrder>): ReadonlyMap<string, 'buy' | 'sell' | 'both'> {
  const sides = new Map<string, 'buy' | 'sell' | 'both'>();
  for (const { symbol, side } of orders) {
    const known = sides.get(symbol);
    sides.set(symbol, known === undefined || known === side ? side : 'both');
  }
  return sides;
}

const PLAN = {
  symbol: '',
  timestamp: 0,
  intents: [],
  entryValidMs: 0,
  entryWhenClosed: 'drop',
  allowPyramiding: false,
  summary: '',
} as const;

/** Returns the intent again from what was written down, for the second approval. */
function intentOf(position: AccountPosition, entry: AccountOrder): OrderIntent {
  const number = (price: bigint | null) => (price === null ? null : Number(price) / 1e9);
  return {
    symbol: entry.symbol,
    purpose: 'open',
    side: entry.side,
    type: entry.type === 'limit' ? 'limit' : 'market',
    quantity: formatQuantity(entry.quantity),
    limitPrice: number(entry.limitPrice),
    stopLoss: number(position.stop),
    target1: number(position.target1),
    target2: number(position.target2),
    sizingPrice: number(entry.sizingPrice) ?? 0,
    sizeAtFill: null,
  };
}
