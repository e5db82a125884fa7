import type { EpochMs } from '@bellwether/domain';
import type { CancelOutcome } from '@bellwether/ports';
import type { AccountLedger } from './account-ledger.ts';
import { type AccountOrder, isOut } from './account-position.ts';
import type { AccountWorld } from './account-world.ts';

const CANCEL_SOON_MS = 1_000;
const CANCEL_AGAIN_MS = 10_000;
const CANCEL_ALARM_MS = 10_000;
const CANCEL_PAGE_MS = 60_000;

/**
 * asked ─▶ pending_cancel ─▶ what the broker says of the order
 *
 * Invariants: a cancel is over only when the order is; until then it is asked again, and what it would free counts as held.
 */
export class CancelProtocol {
  readonly #world: AccountWorld;
  readonly #ledger: AccountLedger;
  readonly #look: (order: AccountOrder) => void;
  /** Cancels that this process has asked for: one of an earlier process may never have left. */
  readonly #canceledHere = new Set<string>();
  /** Cancels that the broker did not take, and when they are asked for again. */
  readonly #cancelSoon = new Map<string, EpochMs>();

  constructor(world: AccountWorld, ledger: AccountLedger, look: (order: AccountOrder) => void) {
    this.#world = world;
    this.#ledger = ledger;
    this.#look = look;
  }

  /** Asks for a cancel; asked again after 10 s. What was never sent is dropped. */
  cancel(order: AccountOrder, reason: string): void {
    if (order.status === 'planned') {
      // A leg goes out with its parent: while that one may be at the broker, so may its leg.
      const parent = this.#ledger.orders.get(order.groupId);
      if (parent === undefined || parent === order || !isOut(parent)) this.#ledger.moveTo(order, 'dropped', reason);
      return;
    }
    if (order.status === 'submitting' || order.status === 'unknown' || order.status === 'quarantined') {
      order.unwanted ??= reason;
      return this.#ledger.touchOrder(order);
    }
    if (order.status !== 'working' && order.status !== 'partially_filled' && order.status !== 'pending_cancel') return;
    if (order.brokerOrderId === null) return this.#look(order);
    order.reason = reason;
    order.looks = 0;
    this.#ledger.moveTo(order, 'pending_cancel');
    order.cancelAskedAt ??= this.#world.at;
    this.#ledger.touchOrder(order);
    this.#askCancel(order);
  }

  #askCancel(order: AccountOrder): void {
    this.#canceledHere.add(order.clientOrderId);
    this.#world.command({ command: 'cancel', clientOrderId: order.clientOrderId, lane: 'protect' });
  }

  answered(order: AccountOrder, outcome: CancelOutcome): void {
    // Asked, not done: only the order itself says that it is over. What was not taken is asked again soon.
    if (outcome === 'requested') return;
    this.#cancelSoon.set(order.clientOrderId, this.#world.at + CANCEL_SOON_MS);
    this.#look(order);
  }

  /** Asks again what is due. Returns when to come back to this order; null when nothing of it is pending. */
  onTime(order: AccountOrder): EpochMs | null {
    const { at } = this.#world;
    const isPending = order.status === 'pending_cancel';
    if (isPending && order.cancelAskedAt !== null && !this.#canceledHere.has(order.clientOrderId))
      this.#askCancel(order);
    let soon = this.#cancelSoon.get(order.clientOrderId) ?? null;
    if (soon !== null && soon <= at) {
      this.#cancelSoon.delete(order.clientOrderId);
      if (isPending) this.#askCancel(order);
      soon = null;
    }
    if (!isPending || order.cancelAskedAt === null) return soon;
    const again = this.#cancelAgain(order, order.cancelAskedAt);
    return soon === null ? again : Math.min(soon, again);
  }

  #cancelAgain(order: AccountOrder, askedAt: EpochMs): EpochMs {
    const { at } = this.#world;
    const waited = at - askedAt;
    const position = this.#ledger.positionOf(order);
    const rounds = Math.floor(waited / CANCEL_AGAIN_MS);
    if (rounds >= 1 && order.looks < rounds) {
      order.looks = rounds;
      this.#ledger.touchOrder(order);
      this.#world.command({ command: 'cancel', clientOrderId: order.clientOrderId, lane: 'protect' });
      this.#look(order);
      const facts = { symbol: order.symbol, positionId: position.positionId, pipelineId: position.pipelineId };
      if (waited >= CANCEL_PAGE_MS && rounds === CANCEL_PAGE_MS / CANCEL_AGAIN_MS)
        this.#world.alert(
          'page',
          'cancel_pending',
          `a cancel of ${order.symbol} has been pending for ${Math.round(waited / 1_000)} s`,
          facts,
        );
      else if (waited >= CANCEL_ALARM_MS && rounds === 1)
        this.#world.alert(
          'alarm',
          'cancel_pending',
          `a cancel of ${order.symbol} is pending since ${Math.round(waited / 1_000)} s; its shares count as naked and as held`,
          facts,
        );
    }
    return askedAt + (rounds + 1) * CANCEL_AGAIN_MS;
  }
}
