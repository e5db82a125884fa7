import { type EpochMs, formatQuantity, type Money, type Quantity } from '@bellwether/domain';
import type { BrokerAccount, BrokerFill, BrokerOrder, BrokerPosition } from '@bellwether/ports';
import type { AccountSnapshot, Holding, ReconciliationRun } from './account-effects.ts';
import type { AccountLedger } from './account-ledger.ts';
import { type AccountOrder, type AccountPosition, isOut, isUncertain } from './account-position.ts';
import type { AccountWorld } from './account-world.ts';
import type { OrderProtocol } from './order-protocol.ts';
import { CONFIRM_MS, ShareDrift } from './share-drift.ts';
import { StrayOrders } from './stray-orders.ts';

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
/** Findings that were put right as they were found. */
const RESOLVED: ReadonlySet<string> = new Set(['fill_missing', 'own_order_missing', 'external_shares']);

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
  #pass: Pass | null = null;
  #wantsPass: string | null = 'start';
  /** From when on orders are read, by the market's clock, which is the broker's: what was submitted before is known to the end. */
  watermark: EpochMs | null = null;
  readonly #drift: ShareDrift;
  readonly #strays: StrayOrders;
  #found: Finding[] = [];
  #ordersReadAt = 0;
  #ordersAskedAt = 0;
  #positionsReadAt = 0;
  #passEndedAt = 0;
  #failedAt: EpochMs | null = null;

  constructor(
    world: AccountWorld,
    ledger: AccountLedger,
    orders: OrderProtocol,
    control: (position: AccountPosition) => void,
  ) {
    this.#world = world;
    this.#ledger = ledger;
    this.#orders = orders;
    const findings = {
      note: (row: string, symbol: string | null, text: string, action: string) => this.#note(row, symbol, text, action),
      page: (code: string, symbol: string, text: string) => this.#page(code, symbol, text),
      readOrders: () => this.#readOrders(),
      ordersAskedAt: () => this.#ordersAskedAt,
      changed: control,
    };
    this.#drift = new ShareDrift(world, ledger, findings);
    this.#strays = new StrayOrders(world, ledger, orders, findings);
  }

  /** All shares that no pipeline owns, when they have changed since this was asked last; else null. */
  takeExternal(): readonly Holding[] | null {
    return this.#drift.takeExternal();
  }

  get isPassing(): boolean {
    return this.#pass !== null || this.#wantsPass !== null;
  }

  /** Nothing is opened until a full pass has ended without unexplained drift. */
  demandPass(cause: string): void {
    this.#wantsPass = cause;
    this.#world.gateOpen = false;
    this.#world.lacksOnlyUnknown = false;
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
    for (const seenAt of this.#drift.seenAt())
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
    this.#strays.begin();
    for (const order of orders) {
      const own =
        this.#orders.ownOf(order) ??
        order.legs.map((leg) => this.#orders.ownOf(leg)).find((found) => found !== undefined);
      if (own === undefined) this.#strays.foreign(order, this.watermark);
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
    this.#drift.compare(positions, askedAt);
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
      this.#strays.revived(parent, order, askedAt);
      this.#orders.see(parent, order, null, true);
      seen.add(parent);
    }
    for (const leg of order.legs) {
      const known = this.#orders.ownOf(leg);
      if (known === undefined) continue;
      this.#strays.revived(known, leg, askedAt);
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
    if (this.#drift.isOpen || this.#hasUnknown() || this.#strays.areLive) {
      // Not clean yet: drift needs its second look, an unknown order its answer.
      pass.positions = !this.#drift.isOpen;
      pass.orders = !this.#hasUnknown() && !this.#strays.areLive;
      this.#world.lacksOnlyUnknown = pass.positions && !this.#strays.areLive;
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
    this.#world.lacksOnlyUnknown = false;
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
