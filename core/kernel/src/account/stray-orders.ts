import { type EpochMs, formatQuantity, isTerminal, type OrderPurpose } from '@bellwether/domain';
import type { BrokerOrder } from '@bellwether/ports';
import { clientOrderId } from '../order/client-order-id.ts';
import type { OrderLeg } from '../position/position-state.ts';
import type { AccountLedger } from './account-ledger.ts';
import type { AccountOrder } from './account-position.ts';
import type { AccountWorld } from './account-world.ts';
import { nakedShares } from './cover.ts';
import type { OrderProtocol } from './order-protocol.ts';

const PREFIX = 'bw1-';
/** So long after an order ended here may the broker still show it as live. */
const SETTLE_MS = 2_000;
const STRAY_AGAIN_MS = 10_000;

/** What an account may have been asked for under ids that only a restored backup would have forgotten. */
const SLOTS: readonly { readonly purpose: OrderPurpose; readonly leg: OrderLeg }[] = [
  { purpose: 'exit', leg: 'target_1' },
  { purpose: 'exit', leg: 'target_2' },
  { purpose: 'stop_only', leg: 'stop' },
  { purpose: 'close', leg: 'close' },
];

/** Who writes down what a reconciliation has found. */
export interface Findings {
  note(row: string, symbol: string | null, text: string, action: string): void;
  page(code: string, symbol: string, text: string): void;
}

/** Orders that work at the broker and should not: over here, or under our name and unknown. What is not ours is noted and never touched. */
export class StrayOrders {
  readonly #world: AccountWorld;
  readonly #ledger: AccountLedger;
  readonly #orders: OrderProtocol;
  readonly #findings: Findings;
  /** When the cancel of each was last asked for. */
  readonly #asked = new Map<string, EpochMs>();
  readonly #live = new Set<string>();
  readonly #holding = new Set<string>();

  constructor(world: AccountWorld, ledger: AccountLedger, orders: OrderProtocol, findings: Findings) {
    this.#world = world;
    this.#ledger = ledger;
    this.#orders = orders;
    this.#findings = findings;
  }

  /** Whether the last read of orders showed one that still works. */
  get areLive(): boolean {
    return this.#live.size > 0;
  }

  /** Orders are read anew. */
  begin(): void {
    this.#live.clear();
  }

  /** Over here, live there: taken down, unless it is what covers naked shares. */
  revived(order: AccountOrder, seen: BrokerOrder, askedAt: EpochMs): void {
    const isLiveThere = seen.status === 'working' || seen.status === 'partially_filled' || seen.status === 'held';
    if (!isTerminal(order.status) || !isLiveThere || order.endedAt === null || askedAt < order.endedAt + SETTLE_MS)
      return;
    const position = this.#ledger.positionOf(order);
    if (order.leg === 'stop' && nakedShares(position) > 0n) return;
    this.#live.add(seen.brokerOrderId);
    const asked = this.#asked.get(seen.brokerOrderId);
    if (asked !== undefined && this.#world.at - asked < STRAY_AGAIN_MS) return;
    this.#asked.set(seen.brokerOrderId, this.#world.at);
    this.#findings.note(
      'terminal_here_live_there',
      order.symbol,
      `order ${order.clientOrderId} ended here as ${order.status} and is ${seen.status} there`,
      'canceled',
    );
    this.#findings.page(
      'terminal_here_live_there',
      order.symbol,
      `order ${order.clientOrderId} was over and still works at the broker; it is canceled`,
    );
    this.#world.command({ command: 'cancel_stray', brokerOrderId: seen.brokerOrderId, lane: 'protect' });
  }

  /** An order that is none of the ledger's. `watermark`: from when on orders had not been read before; null for the first read of all. */
  foreign(order: BrokerOrder, watermark: EpochMs | null): void {
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
    const isNew = watermark !== null && submittedAt.epochMilliseconds >= watermark;
    if (order.filledQuantity > 0n && (isNew || this.#asked.has(brokerOrderId))) this.#strayHolds(order);
  }

  /** An order of ours that works and that nothing here explains: asked down until it is, and paged once. */
  #takeDownStray(order: BrokerOrder): void {
    const { brokerOrderId, symbol, clientOrderId } = order;
    this.#live.add(brokerOrderId);
    const asked = this.#asked.get(brokerOrderId);
    if (asked !== undefined && this.#world.at - asked < STRAY_AGAIN_MS) return;
    this.#asked.set(brokerOrderId, this.#world.at);
    if (asked === undefined)
      this.#findings.note(
        'stray_order',
        symbol,
        `order ${clientOrderId} is ours and unknown to the ledger`,
        'canceled',
      );
    if (asked === undefined)
      this.#findings.page(
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
    this.#findings.note(
      'stray_order',
      symbol,
      `order ${order.clientOrderId} is ours, unknown to the ledger, and filled`,
      'paged; its shares are treated as not ours',
    );
    const text = `an order of this installation that the ledger does not know holds ${formatQuantity(filledQuantity)} ${symbol}; look at it before anything is opened`;
    this.#world.demand({ scope: 'account', pipelineId: null, state: 'halted', cause: 'unexplained_order', text });
    this.#findings.page('stray_order', symbol, text);
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
        this.#findings.note('stray_order', order.symbol, `order ${id} belongs to a known position`, 'adopted');
        return true;
      }
    }
    return false;
  }
}
