import type { OrderPurpose } from '@bellwether/domain';
import {
  type EpochMs,
  formatQuantity,
  isTerminal,
  type Money,
  NO_QUANTITY,
  notional,
  type Price,
  type Quantity,
} from '@bellwether/domain';
import type { BrokerAccount, BrokerFill, BrokerOrder, BrokerPosition } from '@bellwether/ports';
import { clientOrderId } from '../order/client-order-id.ts';
import { averageEntry, type OrderLeg } from '../position/position-state.ts';
import type { AccountSnapshot, ReconciliationRun } from './account-effects.ts';
import type { AccountLedger } from './account-ledger.ts';
import { type AccountOrder, type AccountPosition, isOut, isUncertain, signedQuantity } from './account-position.ts';
import type { AccountWorld } from './account-world.ts';
import { nakedShares } from './cover.ts';
import type { OrderProtocol } from './order-protocol.ts';

const PREFIX = 'bw1-';
/** Quantity drift counts when seen twice so far apart, with no event of ours in between. */
const CONFIRM_MS = 15_000;
const OPEN_ORDERS_MS = 30_000;
const NOT_OPEN_MS = 5_000;
/** Often enough that two looks 15 s apart end within a minute. */
const POSITIONS_MS = 40_000;
const IDLE_POSITIONS_MS = 60_000;
const BACK_MS = 600_000;
const PASS_EVERY_MS = 3_600_000;
const BUSTED_AFTER_MS = 86_400_000;
/** A read that failed is tried again after so long. */
const RETRY_MS = 2_000;
/** So long after an order ended here may the broker still show it as live. */
const SETTLE_MS = 2_000;
const STRAY_AGAIN_MS = 10_000;
/** Findings that were put right as they were found. */
const RESOLVED: ReadonlySet<string> = new Set(['fill_missing', 'own_order_missing', 'external_shares']);

/** What an account may have been asked for under ids that only a restored backup would have forgotten. */
const SLOTS: readonly { readonly purpose: OrderPurpose; readonly leg: OrderLeg }[] = [
  { purpose: 'exit', leg: 'target_1' },
  { purpose: 'exit', leg: 'target_2' },
  { purpose: 'stop_only', leg: 'stop' },
  { purpose: 'close', leg: 'close' },
];

interface Pass {
  readonly cause: string;
  readonly startedAt: EpochMs;
  orders: boolean;
  positions: boolean;
  account: boolean;
}

type Finding = ReconciliationRun['found'][number];

/**
 * broker's orders, positions, account ─▶ compared with the ledger ─▶ booked, adopted, corrected or paged (trading-rules §7)
 *
 * Invariants: missing fills are booked before statuses are applied; a quantity counts as drift only when it was seen twice 15 s apart with nothing
 * of ours in between; what is not ours is never touched; a pass that found nothing is recorded too.
 */
export class Reconciler {
  readonly #world: AccountWorld;
  readonly #ledger: AccountLedger;
  readonly #orders: OrderProtocol;
  readonly #control: (position: AccountPosition) => void;
  #pass: Pass | null = null;
  #wantsPass: string | null = 'start';
  /** From when on orders are read, by the market's clock, which is the broker's: what was submitted before is known to the end. */
  watermark: EpochMs | null = null;
  readonly #drift = new Map<string, { readonly difference: bigint; readonly at: EpochMs }>();
  /** Orders under our name that nothing explains, and when their cancel was last asked for. */
  readonly #strays = new Map<string, EpochMs>();
  readonly #liveStrays = new Set<string>();
  readonly #holding = new Set<string>();
  #found: Finding[] = [];
  #ordersReadAt = 0;
  #ordersAskedAt = 0;
  #positionsReadAt = 0;
  #passEndedAt = 0;
  #failedAt: EpochMs | null = null;
  externalChanged = false;

  constructor(
    world: AccountWorld,
    ledger: AccountLedger,
    orders: OrderProtocol,
    control: (position: AccountPosition) => void,
  ) {
    this.#world = world;
    this.#ledger = ledger;
    this.#orders = orders;
    this.#control = control;
  }

  get isPassing(): boolean {
    return this.#pass !== null || this.#wantsPass !== null;
  }

  /** Nothing is opened until a full pass has ended without unexplained drift. */
  demandPass(cause: string): void {
    this.#wantsPass = cause;
    this.#world.gateOpen = false;
  }

  /** What is due by time. Returns when to look again. */
  onTime(): EpochMs {
    const { at } = this.#world;
    if (this.#failedAt !== null && at - this.#failedAt < RETRY_MS) return this.#failedAt + RETRY_MS;
    this.#failedAt = null;
    if (
      this.#wantsPass === null &&
      this.#pass === null &&
      at - this.#passEndedAt >= PASS_EVERY_MS &&
      this.#hasAnything()
    )
      this.#wantsPass = 'hourly';
    if (this.#wantsPass !== null && this.#pass === null) {
      this.#pass = { cause: this.#wantsPass, startedAt: at, orders: false, positions: false, account: false };
      this.#wantsPass = null;
      this.#found = [];
    }
    let next = at + POSITIONS_MS;
    const pass = this.#pass;
    if (pass !== null) {
      // What this pass has read and found wanting is read again in a while, not at once.
      const again = (last: number, read: () => void) => {
        if (last < pass.startedAt || at - last >= RETRY_MS) read();
        else next = Math.min(next, last + RETRY_MS);
      };
      if (!pass.orders) again(this.#ordersReadAt, () => this.#readOrders());
      if (!pass.positions)
        again(this.#positionsReadAt, () => this.#world.command({ command: 'read_positions', lane: 'read' }));
      if (!pass.account) this.#world.command({ command: 'read_account', lane: 'read' });
    }
    const due = (last: number, every: number, read: () => void) => {
      if (at - last >= every) read();
      else next = Math.min(next, last + every);
    };
    const positions = [...this.#ledger.open()];
    if (positions.some(({ status }) => status !== 'open'))
      due(this.#ordersReadAt, NOT_OPEN_MS, () => this.#readOrders());
    else if (positions.length > 0) due(this.#ordersReadAt, OPEN_ORDERS_MS, () => this.#readOrders());
    // Shares that a user buys while we hold nothing are met by the next entry.
    due(this.#positionsReadAt, positions.length > 0 ? POSITIONS_MS : IDLE_POSITIONS_MS, () => {
      this.#world.command({ command: 'read_positions', lane: 'read' });
      this.#world.command({ command: 'read_account', lane: 'read' });
    });
    for (const { at: seenAt } of this.#drift.values())
      due(seenAt, CONFIRM_MS, () => this.#world.command({ command: 'read_positions', lane: 'read' }));
    return Math.max(next, at + 250);
  }

  readFailed(): void {
    this.#failedAt = this.#world.at;
  }

  ordersRead(askedAt: EpochMs, since: EpochMs | null, orders: readonly BrokerOrder[]): void {
    this.#ordersReadAt = this.#world.at;
    this.#ordersAskedAt = Math.max(this.#ordersAskedAt, askedAt);
    const seen = new Set<AccountOrder>();
    this.#liveStrays.clear();
    for (const order of orders) {
      const own =
        this.#orders.ownOf(order) ??
        order.legs.map((leg) => this.#orders.ownOf(leg)).find((found) => found !== undefined);
      if (own === undefined) this.#foreign(order);
      else this.#own(own, order, askedAt, seen);
    }
    for (const order of this.#ledger.orders.values()) {
      if (!isOut(order) || seen.has(order) || isUncertain(order)) continue;
      const sentAt = order.submittedAt ?? this.#ledger.orders.get(order.groupId)?.submittedAt ?? null;
      if (sentAt === null || sentAt >= askedAt || (since !== null && order.plannedAt < since)) continue;
      this.#note(
        'own_order_missing',
        order.symbol,
        `order ${order.clientOrderId} was not listed`,
        'looked for by its id',
      );
      this.#orders.look(order);
    }
    this.watermark = Math.min(this.#world.marketTime, this.#world.ordersAskedAt ?? this.#world.marketTime);
    if (this.#pass !== null) this.#pass.orders = true;
    this.#endPass();
  }

  positionsRead(askedAt: EpochMs, positions: readonly BrokerPosition[]): void {
    const world = this.#world;
    // An older question that is answered late says less than what is known.
    if (world.brokerNet !== null && askedAt < world.brokerNet.askedAt) return;
    this.#positionsReadAt = world.at;
    const bySymbol = new Map(positions.map(({ symbol, quantity }) => [symbol, quantity]));
    world.brokerNet = { askedAt, askedTick: world.positionsAskedTick, bySymbol };
    const symbols = new Set([
      ...bySymbol.keys(),
      ...world.external.keys(),
      ...[...this.#ledger.open()].map(({ symbol }) => symbol),
    ]);
    for (const symbol of symbols) {
      const average = positions.find((position) => position.symbol === symbol)?.averageEntry ?? (0n as Price);
      this.#compare(symbol, bySymbol.get(symbol) ?? NO_QUANTITY, average, askedAt);
    }
    for (const symbol of [...this.#drift.keys()]) if (!symbols.has(symbol)) this.#cleared(symbol);
    if (this.#pass !== null) this.#pass.positions = true;
    this.#endPass();
  }

  accountRead(askedAt: EpochMs, account: BrokerAccount, reserved: Money): AccountSnapshot {
    const world = this.#world;
    if (world.snapshot !== null && askedAt < world.snapshot.at) return world.snapshot;
    const known = world.snapshot?.brokerAccountId;
    if (known !== undefined && known !== account.brokerAccountId) {
      const text = `the connection answers for account ${account.brokerAccountId}, it was ${known}`;
      world.demand({ scope: 'account', pipelineId: null, state: 'halted', cause: 'wrong_account', text });
      world.alert('page', 'wrong_account', text);
    }
    if (account.blocked || account.closingOnly)
      world.demand({
        scope: 'account',
        pipelineId: null,
        state: 'reducing',
        cause: 'broker_restriction',
        text: account.blocked
          ? 'the broker has blocked this account'
          : 'the broker takes only closing orders on this account',
      });
    else if (world.standing.account !== 'active') this.#recovered('broker_restriction');
    world.snapshot = { ...account, at: askedAt, reserved };
    if (this.#pass !== null) this.#pass.account = true;
    this.#endPass();
    return world.snapshot;
  }

  /** A fill that we booked and that the broker does not know a day later: a busted trade. */
  fillsRead(fills: readonly BrokerFill[]): void {
    const told = new Map<string, bigint>();
    for (const { brokerOrderId, quantity } of fills)
      told.set(brokerOrderId, (told.get(brokerOrderId) ?? 0n) + quantity);
    for (const order of this.#ledger.orders.values()) {
      if (order.brokerOrderId === null || order.filledQuantity === 0n || order.firstFillAt === null) continue;
      if (this.#world.at - order.firstFillAt < BUSTED_AFTER_MS) continue;
      if ((told.get(order.brokerOrderId) ?? 0n) < order.filledQuantity)
        this.#page(
          'busted_trade',
          order.symbol,
          `a fill of ${order.clientOrderId} is not in the broker's history a day later`,
        );
    }
  }

  #recovered(cause: string): void {
    this.#world.demand({
      scope: 'account',
      pipelineId: null,
      state: 'active',
      cause,
      text: 'the broker takes orders again',
    });
  }

  #hasAnything(): boolean {
    return !this.#ledger.open()[Symbol.iterator]().next().done;
  }

  /** From the oldest order that is still out, or ten minutes before the last read. */
  #readOrders(): void {
    let since = this.watermark === null ? null : this.watermark - BACK_MS;
    if (since !== null) {
      for (const position of this.#ledger.open()) {
        for (const order of position.orders) {
          // Legs are listed under the order that they went out with.
          const { plannedAt } = this.#ledger.orders.get(order.groupId) ?? order;
          if (isOut(order)) since = Math.min(since, plannedAt - BACK_MS);
        }
      }
    }
    if (since !== null)
      for (const { submittedAt } of this.#world.externalOrders.values()) since = Math.min(since, submittedAt - BACK_MS);
    this.#world.command({ command: 'read_orders', since, lane: 'read' });
  }

  #own(own: AccountOrder, order: BrokerOrder, askedAt: EpochMs, seen: Set<AccountOrder>): void {
    const filled = own.filledQuantity;
    const parent = this.#orders.ownOf(order);
    if (parent !== undefined) {
      this.#revived(parent, order, askedAt);
      this.#orders.see(parent, order, null, true);
      seen.add(parent);
    }
    for (const leg of order.legs) {
      const known = this.#orders.ownOf(leg);
      if (known === undefined) continue;
      this.#revived(known, leg, askedAt);
      if (parent === undefined) this.#orders.see(known, leg, null);
      seen.add(known);
    }
    if (own.filledQuantity > filled)
      this.#note(
        'fill_missing',
        own.symbol,
        `${formatQuantity((own.filledQuantity - filled) as Quantity)} shares of ${own.clientOrderId} had not been told`,
        'booked',
      );
  }

  /** Over here, live there: taken down, unless it is what covers naked shares. */
  #revived(order: AccountOrder, seen: BrokerOrder, askedAt: EpochMs): void {
    const isLiveThere = seen.status === 'working' || seen.status === 'partially_filled' || seen.status === 'held';
    if (!isTerminal(order.status) || !isLiveThere || order.endedAt === null || askedAt < order.endedAt + SETTLE_MS)
      return;
    const position = this.#ledger.positionOf(order);
    if (order.leg === 'stop' && nakedShares(position) > 0n) return;
    this.#liveStrays.add(seen.brokerOrderId);
    const asked = this.#strays.get(seen.brokerOrderId);
    if (asked !== undefined && this.#world.at - asked < STRAY_AGAIN_MS) return;
    this.#strays.set(seen.brokerOrderId, this.#world.at);
    this.#note(
      'terminal_here_live_there',
      order.symbol,
      `order ${order.clientOrderId} ended here as ${order.status} and is ${seen.status} there`,
      'canceled',
    );
    this.#page(
      'terminal_here_live_there',
      order.symbol,
      `order ${order.clientOrderId} was over and still works at the broker; it is canceled`,
    );
    this.#world.command({ command: 'cancel_stray', brokerOrderId: seen.brokerOrderId, lane: 'protect' });
  }

  #foreign(order: BrokerOrder): void {
    const { brokerOrderId, symbol, side, submittedAt } = order;
    const isLiveThere =
      order.status === 'working' ||
      order.status === 'partially_filled' ||
      order.status === 'held' ||
      order.status === 'pending_cancel';
    if (!order.clientOrderId.startsWith(PREFIX)) {
      const { externalOrders } = this.#world;
      if (isLiveThere)
        externalOrders.set(brokerOrderId, { brokerOrderId, symbol, side, submittedAt: submittedAt.epochMilliseconds });
      else externalOrders.delete(brokerOrderId);
      return;
    }
    const isKnown = this.#world.known.has(order.clientOrderId);
    if (isKnown && !isLiveThere) return;
    if (!isKnown && this.#adopt(order)) return;
    if (isLiveThere) return this.#takeDownStray(order);
    // What ended before the last read was taken in then; the first read of all finds only history.
    const isNew = this.watermark !== null && submittedAt.epochMilliseconds >= this.watermark;
    if (order.filledQuantity > 0n && (isNew || this.#strays.has(brokerOrderId))) this.#strayHolds(order);
  }

  /** An order of ours that works and that nothing here explains: asked down until it is, and paged once. */
  #takeDownStray(order: BrokerOrder): void {
    const { brokerOrderId, symbol, clientOrderId } = order;
    this.#liveStrays.add(brokerOrderId);
    const asked = this.#strays.get(brokerOrderId);
    if (asked !== undefined && this.#world.at - asked < STRAY_AGAIN_MS) return;
    this.#strays.set(brokerOrderId, this.#world.at);
    if (asked === undefined)
      this.#note('stray_order', symbol, `order ${clientOrderId} is ours and unknown to the ledger`, 'canceled');
    if (asked === undefined)
      this.#page(
        'stray_order',
        symbol,
        `an order of this installation works in ${symbol} and the ledger does not know it; it is canceled`,
      );
    this.#world.command({ command: 'cancel_stray', brokerOrderId, lane: 'protect' });
    if (order.filledQuantity > 0n) this.#strayHolds(order);
  }

  #strayHolds(order: BrokerOrder): void {
    const { brokerOrderId, symbol, filledQuantity } = order;
    if (this.#holding.has(brokerOrderId)) return;
    this.#holding.add(brokerOrderId);
    this.#note(
      'stray_order',
      symbol,
      `order ${order.clientOrderId} is ours, unknown to the ledger, and filled`,
      'paged; its shares are treated as not ours',
    );
    const text = `an order of this installation that the ledger does not know holds ${formatQuantity(filledQuantity)} ${symbol}; look at it before anything is opened`;
    this.#world.demand({ scope: 'account', pipelineId: null, state: 'halted', cause: 'unexplained_order', text });
    this.#page('stray_order', symbol, text);
  }

  /** A backup forgets what came after it: the ids of known positions are computed again, and what matches is taken in. */
  #adopt(order: BrokerOrder): boolean {
    const { installation, account, sha256 } = this.#world.settings;
    for (const position of this.#ledger.open()) {
      if (position.symbol !== order.symbol) continue;
      for (const { purpose, leg } of SLOTS) {
        const seq = position.orders.filter((own) => own.purpose === purpose && own.leg === leg).length + 1;
        const id = clientOrderId({ installation, account, positionId: position.positionId, purpose, leg, seq }, sha256);
        if (id !== order.clientOrderId) continue;
        const own = this.#ledger.plan(position, {
          purpose,
          leg,
          side: order.side,
          type: order.type === 'other' ? 'market' : order.type,
          quantity: order.quantity,
          limitPrice: order.limitPrice,
          stopPrice: order.stopPrice,
          at: this.#world.marketTime,
        });
        own.submittedAt = order.submittedAt.epochMilliseconds;
        this.#orders.see(own, order, null);
        this.#note('stray_order', order.symbol, `order ${id} belongs to a known position`, 'adopted');
        return true;
      }
    }
    return false;
  }

  #compare(symbol: string, net: Quantity, average: Price, askedAt: EpochMs): void {
    const own = this.#ledger.openIn(symbol).reduce((sum, position) => sum + signedQuantity(position), 0n);
    const external = this.#world.external.get(symbol)?.quantity ?? 0n;
    const difference = net - own;
    if (difference === external) return this.#cleared(symbol);
    const isMoving = this.#ledger
      .openIn(symbol)
      .some((position) => position.orders.some((order) => isUncertain(order)));
    if (isMoving || askedAt <= (this.#world.filledAt.get(symbol) ?? 0)) return this.#cleared(symbol);
    const seen = this.#drift.get(symbol);
    if (seen === undefined || seen.difference !== difference || seen.at < (this.#world.filledAt.get(symbol) ?? 0)) {
      this.#drift.set(symbol, { difference, at: askedAt });
      this.#world.drifting.add(symbol);
      // A fill that nobody told explains it more often than a stranger does.
      this.#readOrders();
      return;
    }
    if (askedAt - seen.at < CONFIRM_MS) return;
    if (this.#ordersAskedAt <= seen.at) return this.#readOrders();
    this.#cleared(symbol);
    this.#drifted(symbol, net, own, average);
  }

  #cleared(symbol: string): void {
    this.#drift.delete(symbol);
    this.#world.drifting.delete(symbol);
  }

  #drifted(symbol: string, net: Quantity, own: bigint, average: Price): void {
    const isSameSide = own === 0n || net > 0n === own > 0n;
    if (own === 0n || (net !== 0n && isSameSide && abs(net) >= abs(own))) {
      const external = (net - own) as Quantity;
      this.#setExternal(symbol, external, average);
      this.#note(
        'external_shares',
        symbol,
        `the broker holds ${formatQuantity(abs(external) as Quantity)} ${symbol} that no pipeline owns`,
        'left alone; entries in the symbol are blocked',
      );
      return;
    }
    const sold = net !== 0n && isSameSide ? abs(own) - abs(net) : abs(own);
    if (net !== 0n && !isSameSide) {
      const text = `the broker is ${net > 0n ? 'long' : 'short'} ${formatQuantity(abs(net) as Quantity)} ${symbol} against our own side`;
      this.#world.demand({ scope: 'account', pipelineId: null, state: 'halted', cause: 'sign_flip', text });
      this.#page('sign_flip', symbol, text);
      this.#setExternal(symbol, net, average);
    } else this.#setExternal(symbol, NO_QUANTITY, average);
    this.#note(
      'external_sale',
      symbol,
      `${formatQuantity(sold as Quantity)} of our ${symbol} were sold outside`,
      'positions shrunk, newest first',
    );
    this.#shrink(symbol, sold);
  }

  /** Somebody sold what was ours: the newest position gives first, at the newest price we know. */
  #shrink(symbol: string, sold: bigint): void {
    let left = sold;
    const newestFirst = this.#ledger.openIn(symbol).sort((a, b) => (b.openedAt ?? 0) - (a.openedAt ?? 0));
    for (const position of newestFirst) {
      if (left <= 0n) return;
      const taken = (left < position.quantity ? left : position.quantity) as Quantity;
      if (taken === 0n) continue;
      const price = this.#world.marks.get(symbol) ?? averageEntry(position);
      position.quantity = (position.quantity - taken) as Quantity;
      position.exitedQuantity = (position.exitedQuantity + taken) as Quantity;
      const amount = notional(price, taken);
      position.exitAmount = (position.exitAmount + amount) as Money;
      position.externalQuantity = (position.externalQuantity + taken) as Quantity;
      position.externalAmount = (position.externalAmount + amount) as Money;
      left -= taken;
      this.#world.alert(
        'alarm',
        'external_sale',
        `${formatQuantity(taken)} ${symbol} of this position were sold outside of Bellwether; its exits shrink with it`,
        {
          symbol,
          positionId: position.positionId,
          pipelineId: position.pipelineId,
        },
      );
      this.#ledger.positionChanged(position);
      this.#control(position);
    }
  }

  #setExternal(symbol: string, quantity: Quantity, averageEntryPrice: Price): void {
    if ((this.#world.external.get(symbol)?.quantity ?? 0n) === quantity) return;
    this.externalChanged = true;
    if (quantity === 0n) this.#world.external.delete(symbol);
    else this.#world.external.set(symbol, { symbol, quantity, averageEntry: averageEntryPrice });
  }

  #note(row: string, symbol: string | null, text: string, action: string): void {
    this.#found.push({ row, symbol, text, action });
    if (this.#pass !== null) return;
    const isResolved = RESOLVED.has(row);
    this.#world.record({ at: this.#world.at, cause: 'cadence', found: this.#found, clean: isResolved });
    this.#found = [];
    if (!isResolved) this.demandPass(row);
  }

  #page(code: string, symbol: string, text: string): void {
    this.#world.alert('page', code, text, { symbol });
  }

  #endPass(): void {
    const pass = this.#pass;
    if (pass === null || !pass.orders || !pass.positions || !pass.account) return;
    if (this.#drift.size > 0 || this.#hasUnknown() || this.#liveStrays.size > 0) {
      // Not clean yet: drift needs its second look, an unknown order its answer.
      pass.positions = this.#drift.size === 0;
      pass.orders = !this.#hasUnknown() && this.#liveStrays.size === 0;
      return;
    }
    this.#world.record({ at: this.#world.at, cause: pass.cause, found: this.#found, clean: true });
    const { refusedAt, standing } = this.#world;
    if (refusedAt === null ? standing.account !== 'active' : refusedAt < pass.startedAt) {
      this.#world.refusedAt = null;
      this.#recovered('connection_refused');
    }
    this.#found = [];
    this.#pass = null;
    this.#passEndedAt = this.#world.at;
    this.#world.gateOpen = this.#wantsPass === null;
  }

  /** A quarantined entry is not among them: it is sent no more, its reservation stands and its symbol is taken. */
  #hasUnknown(): boolean {
    for (const order of this.#ledger.orders.values())
      if (
        (order.status === 'unknown' || order.status === 'submitting') &&
        order.submittedAt !== null &&
        order.submittedAt < (this.#pass?.startedAt ?? 0)
      )
        return true;
    return false;
  }
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
