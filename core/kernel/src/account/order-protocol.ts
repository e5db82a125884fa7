import {
  type EpochMs,
  isTerminal,
  type Money,
  notional,
  type OrderStatus,
  type Price,
  type Quantity,
} from '@bellwether/domain';
import type { BrokerFill, BrokerOrder, CancelOutcome, SubmitOutcome } from '@bellwether/ports';
import { refuseByStanding } from '../guards/standing.ts';
import { refusal } from '../position/position-book.ts';
import type { Lane } from './account-fact.ts';
import type { AccountLedger } from './account-ledger.ts';
import { type AccountOrder, isOut } from './account-position.ts';
import type { AccountWorld } from './account-world.ts';
import { CancelProtocol } from './cancel-protocol.ts';
import { legOf, settleLegs } from './group-legs.ts';

/** An unknown order is looked for after so long, each time again (trading-rules §4 step 4). */
const LOOK_AFTER_MS = [250, 500, 1_000, 2_000, 5_000] as const;
const PROTECTIVE_LOOKS = 3;
/** A request that was given up after 10 s may reach the broker so much later. */
const LATE_COPY_MS = 20_000;
/** An entry may be sent, or sent again, for so long after its last approval. */
export const ENTRY_SEND_MS = 30_000;
const QUARANTINE_MS = 300_000;
const QUARANTINE_LOOK_MS = 5_000;
const RETRY_READ_MS = 1_000;
const REPLACE_AGAIN_MS = 5_000;
/** An order that should be working and is not known is looked for once more before it counts as gone. */
const MOST_MISSES = 3;
const MISS_AGAIN_MS = 5_000;
const MISMATCH = 'body_mismatch';

/** What the protocol tells the rest of the machine. */
export interface OrderListener {
  /** An exit, stop or close was refused. */
  protectionRefused(order: AccountOrder, code: string, text: string): void;
  /** The broker did something to one of a position's orders. */
  changed(order: AccountOrder): void;
  /** The gate's counters: an order went out, or came back. */
  counted(order: AccountOrder, kind: 'sent' | 'accepted' | 'refused' | 'failed'): void;
}

/**
 * planned ─▶ submitting ─▶ working ─▶ filled | canceled | expired | rejected | replaced
 *                 └─▶ unknown ─▶ found, or sent again under the same id, or quarantined ─▶ not_placed
 *
 * Invariants: an order is written `submitting` before it is sent; what cannot be known is `unknown`, never `failed`; the same id is sent again,
 * never another in its place; a terminal order stays terminal.
 */
export class OrderProtocol {
  readonly #world: AccountWorld;
  readonly #ledger: AccountLedger;
  readonly #listener: OrderListener;
  readonly #cancels: CancelProtocol;
  /** When a copy of an order was last given up without an answer, as far as this process knows. */
  readonly #unansweredAt = new Map<string, EpochMs>();

  constructor(world: AccountWorld, ledger: AccountLedger, listener: OrderListener) {
    this.#world = world;
    this.#ledger = ledger;
    this.#listener = listener;
    this.#cancels = new CancelProtocol(world, ledger, (order) => this.look(order));
  }

  /** Writes that an order is about to be sent, and has it sent. */
  submit(order: AccountOrder): void {
    order.submittedAt ??= this.#world.at;
    order.sends += 1;
    this.#ledger.moveTo(order, 'submitting');
    this.#listener.counted(order, 'sent');
    this.#world.command({ command: 'submit', clientOrderId: order.clientOrderId, lane: laneOf(order) });
  }

  /** Has the stop `old` replaced by its successor; the old one counts until the broker says it is replaced. */
  replace(old: AccountOrder, successor: AccountOrder): void {
    successor.submittedAt = this.#world.at;
    this.#ledger.moveTo(old, 'pending_replace');
    this.#ledger.moveTo(successor, 'submitting');
    this.#world.command({ command: 'replace', clientOrderId: successor.clientOrderId, lane: 'protect' });
  }

  /** Asks for a cancel; asked again after 10 s. What was never sent is dropped. */
  cancel(order: AccountOrder, reason: string): void {
    this.#cancels.cancel(order, reason);
  }

  cancelAnswered(order: AccountOrder, outcome: CancelOutcome): void {
    this.#cancels.answered(order, outcome);
  }

  look(order: AccountOrder): void {
    this.#world.command({ command: 'find', clientOrderId: order.clientOrderId, lane: 'protect' });
  }

  submitted(order: AccountOrder, outcome: SubmitOutcome): void {
    switch (outcome.kind) {
      case 'accepted':
        this.#listener.counted(order, 'accepted');
        order.acceptedAt ??= this.#world.at;
        this.see(order, outcome.order, null);
        return;
      case 'duplicate':
        // The stream may have been quicker than this answer.
        if (isAwaited(order)) this.#becomeUnknown(order, 0);
        return;
      case 'refused':
        if (!isAwaited(order)) return;
        if (order.sends === 1) return this.#refused(order, outcome.code, outcome.text, outcome.scope);
        order.refusedText = outcome.text;
        this.#becomeUnknown(order, 0);
        return;
      case 'unknown':
        if (!isAwaited(order)) return;
        this.#unansweredAt.set(order.clientOrderId, this.#world.at);
        this.#listener.counted(order, 'failed');
        this.#becomeUnknown(order, LOOK_AFTER_MS[0]);
        return;
    }
  }

  /** What became of a replacement; `order` is the successor. */
  replaced(order: AccountOrder, outcome: SubmitOutcome): void {
    const old = order.replaces === null ? undefined : this.#ledger.orders.get(order.replaces);
    if (outcome.kind === 'accepted') {
      this.see(order, outcome.order, null);
      if (old !== undefined) this.look(old);
      return;
    }
    if (!isAwaited(order)) return;
    if (outcome.kind === 'refused') {
      this.#ledger.moveTo(order, 'rejected', outcome.text);
      this.#notReplaced(order);
      this.#listener.changed(order);
      return;
    }
    this.#becomeUnknown(order, outcome.kind === 'duplicate' ? 0 : LOOK_AFTER_MS[0]);
  }

  /** What was found under an order's id: undefined proves nothing, null is no answer. */
  found(order: AccountOrder, seen: BrokerOrder | undefined | null): void {
    if (seen === null) {
      if (isOut(order)) order.lookAt = this.#world.at + RETRY_READ_MS;
      return;
    }
    if (seen !== undefined) return this.see(order, seen, null, true);
    if (order.status === 'working' || order.status === 'partially_filled' || order.status === 'pending_cancel')
      return this.#missed(order);
    if (order.status !== 'unknown' && order.status !== 'quarantined' && order.status !== 'submitting') return;
    if (order.status === 'quarantined') {
      if (this.#world.at - (order.submittedAt ?? 0) > QUARANTINE_MS) {
        this.#ledger.moveTo(
          order,
          'not_placed',
          'the broker never showed it',
          refusal('not_placed', 'the broker never showed the order; it was not placed'),
        );
        this.#listener.changed(order);
      } else order.lookAt = this.#world.at + QUARANTINE_LOOK_MS;
      this.#ledger.touchOrder(order);
      return;
    }
    order.looks += 1;
    // A copy of protection is refused by its id, should the first one have arrived: it is sent again sooner, for its shares are naked.
    const isUrgent = order.purpose !== 'entry' && order.purpose !== 'replace' && order.looks >= PROTECTIVE_LOOKS;
    const next = isUrgent ? undefined : LOOK_AFTER_MS[order.looks];
    if (next !== undefined) {
      order.lookAt = this.#world.at + next;
      this.#ledger.touchOrder(order);
      return;
    }
    this.#absent(order);
  }

  /** Applies what the broker says of an order of ours, fills first. */
  see(order: AccountOrder, seen: BrokerOrder, fill: BrokerFill | null, isWhole = false): void {
    const wasUncertain = order.status === 'unknown' || order.status === 'quarantined' || order.status === 'submitting';
    if (wasUncertain && order.request !== null && !isSame(order, seen)) return this.#mismatch(order, seen);
    // Looked for under an id that was replaced, its successor answers: that one is known under its own id.
    const successor = this.#ledger.orders.get(seen.clientOrderId);
    if (successor !== undefined && successor !== order) {
      if (successor.replaces === order.clientOrderId) this.#ledger.moveTo(order, 'replaced', 'replaced');
      return this.see(successor, seen, fill, isWhole);
    }
    if (
      seen.clientOrderId === order.clientOrderId ||
      order.brokerOrderId === null ||
      order.brokerOrderId === seen.brokerOrderId
    )
      this.#ledger.learnBrokerId(order, seen.brokerOrderId);
    if (wasUncertain) order.acceptedAt ??= this.#world.at;
    order.misses = 0;
    this.#bookIncrease(order, seen, fill);
    this.#applyStatus(order, seen, wasUncertain);
    for (const leg of seen.legs) {
      const own = legOf(this.#ledger, order, leg);
      if (own !== undefined) this.#seeLeg(own, leg, order);
    }
    settleLegs(this.#ledger, order);
    if (isWhole) this.#missingLegs(order, seen);
    this.#listener.changed(order);
  }

  /** The order that a broker order is, by our id, the broker's number or its place under its parent. */
  ownOf(seen: BrokerOrder): AccountOrder | undefined {
    return this.#ledger.orders.get(seen.clientOrderId) ?? this.#ledger.byBrokerId.get(seen.brokerOrderId);
  }

  /** What follows from time alone: looks that are due, cancels to be asked again. Returns when to look again. */
  onTime(): EpochMs | null {
    const { at } = this.#world;
    let next: EpochMs | null = null;
    const wake = (when: EpochMs) => {
      if (next === null || when < next) next = when;
    };
    for (const order of this.#ledger.orders.values()) {
      if (!isOut(order)) continue;
      if (order.status === 'submitting' && !this.#isAsked(order)) this.#recover(order);
      if (this.#isForgotten(order)) {
        this.#unansweredAt.set(order.clientOrderId, at);
        order.lookAt = at;
      }
      const cancelsAt = this.#cancels.onTime(order);
      if (cancelsAt !== null) wake(cancelsAt);
      if (order.lookAt !== null) {
        if (order.lookAt <= at) {
          order.lookAt = null;
          this.look(order);
        } else wake(order.lookAt);
      }
      if (order.status === 'pending_replace' && !this.#isAsked(order)) {
        const due = (order.submittedAt ?? at) + 2_000;
        if (due <= at && at - this.#ledger.positionOf(order).groupReadAt >= 2_000) {
          this.#ledger.positionOf(order).groupReadAt = at;
          this.look(order);
        } else wake(Math.max(due, at + 500));
      }
    }
    return next;
  }

  /** After a restart: an order that was about to be sent may have been, so it is looked for. */
  #recover(order: AccountOrder): void {
    this.#unansweredAt.set(order.clientOrderId, this.#world.at);
    this.#becomeUnknown(order, 0);
  }

  /** Nobody looks for it: the process that asked has died before the answer. What the broker showed under its id was looked at by then. */
  #isForgotten(order: AccountOrder): boolean {
    const isLost = order.status === 'unknown' || (order.status === 'quarantined' && order.brokerOrderId === null);
    return isLost && order.lookAt === null && !this.#isAsked(order);
  }

  /** A copy that nobody answered may still be on its way: until it cannot be, no other order sells the same shares. */
  #mayArriveYet({ purpose, clientOrderId }: AccountOrder): boolean {
    const unansweredAt = this.#unansweredAt.get(clientOrderId);
    return purpose !== 'entry' && unansweredAt !== undefined && this.#world.at < unansweredAt + LATE_COPY_MS;
  }

  #isAsked({ clientOrderId }: AccountOrder): boolean {
    const { outstanding } = this.#world;
    return (
      outstanding.has(`send ${clientOrderId}`) ||
      outstanding.has(`submit ${clientOrderId}`) ||
      outstanding.has(`replace ${clientOrderId}`) ||
      outstanding.has(`find ${clientOrderId}`)
    );
  }

  #becomeUnknown(order: AccountOrder, lookAfter: number): void {
    this.#ledger.moveTo(order, 'unknown');
    order.looks = 0;
    order.lookAt = this.#world.at + lookAfter;
    this.#ledger.touchOrder(order);
    if (lookAfter === 0) {
      order.lookAt = null;
      this.look(order);
    }
  }

  /** Looked for five times and not there: sent again under the same id while that is allowed, else kept in quarantine. */
  #absent(order: AccountOrder): void {
    const position = this.#ledger.positionOf(order);
    if (order.replaces !== null) {
      // The old stop still stands: what was asked never came about.
      this.#ledger.moveTo(order, 'not_placed', 'the broker never showed it');
      const old = this.#ledger.orders.get(order.replaces);
      if (old !== undefined) {
        if (old.status === 'pending_replace') this.#back(old);
        this.look(old);
      }
      this.#listener.changed(order);
      return;
    }
    // A copy was refused, and no earlier one is there: the refusal was the answer.
    if (order.refusedText !== null && !this.#mayArriveYet(order))
      return this.#refused(order, 'refused', order.refusedText, 'order');
    const mayBeSent =
      order.purpose === 'entry' ? this.#entryMayBeSent(order) : position.quantity > 0n || position.excess > 0n;
    if (mayBeSent) {
      order.looks = 0;
      if (order.purpose !== 'entry') return this.submit(order);
      // A second copy passes the same door as the first.
      this.#world.command({ command: 'send', clientOrderId: order.clientOrderId, lane: 'entry' });
      return;
    }
    this.giveUp(order, 'it may not be sent again');
  }

  /** It is not sent again, and watched in case the broker has it all the same. */
  giveUp(order: AccountOrder, reason: string): void {
    this.#ledger.moveTo(order, 'quarantined', reason);
    order.lookAt = this.#world.at + QUARANTINE_LOOK_MS;
    this.#ledger.touchOrder(order);
  }

  /** It may not be sent at this moment: an unknown one is looked for again meanwhile. */
  holdBack(order: AccountOrder): void {
    if (order.status === 'unknown') order.lookAt = this.#world.at + RETRY_READ_MS;
  }

  #entryMayBeSent(order: AccountOrder): boolean {
    const { at, standing } = this.#world;
    const position = this.#ledger.positionOf(order);
    if (at - (order.approvedAt ?? 0) > ENTRY_SEND_MS || position.closing !== null || order.unwanted !== null)
      return false;
    return refuseByStanding(standing, position.pipelineId, position.symbol) === null;
  }

  #refused(order: AccountOrder, code: string, text: string, scope: 'order' | 'account'): void {
    this.#listener.counted(order, 'refused');
    this.#ledger.moveTo(order, 'rejected', text, refusal(code, text));
    settleLegs(this.#ledger, order);
    const position = this.#ledger.positionOf(order);
    if (scope === 'account') {
      this.#world.refusedAt = this.#world.at;
      this.#world.demand({ scope: 'account', pipelineId: null, state: 'reducing', cause: 'connection_refused', text });
      this.#world.alert('page', 'connection_refused', `the broker refuses this connection: ${text}`);
    }
    if (order.purpose !== 'entry') this.#listener.protectionRefused(order, code, text);
    else
      this.#world.alert('notice', 'entry_refused', `the broker refused to open ${order.symbol}: ${text}`, {
        symbol: order.symbol,
        positionId: position.positionId,
        pipelineId: position.pipelineId,
      });
    this.#listener.changed(order);
  }

  #mismatch(order: AccountOrder, seen: BrokerOrder): void {
    if (order.status === 'quarantined' && order.unwanted === MISMATCH) {
      // Told once. It is over here when it is over there.
      if (isTerminal(ownStatus(seen)))
        this.#ledger.moveTo(order, 'not_placed', 'the broker held another order under this id');
      this.#listener.changed(order);
      return;
    }
    order.unwanted = MISMATCH;
    this.#ledger.learnBrokerId(order, seen.brokerOrderId);
    this.#ledger.moveTo(order, 'quarantined', 'the broker holds a different order under this id');
    const text = `the broker holds another order under id ${order.clientOrderId}: ${seen.side} ${seen.symbol} ${seen.type}; nothing more is opened until somebody has looked`;
    this.#world.demand({ scope: 'account', pipelineId: null, state: 'halted', cause: 'body_mismatch', text });
    this.#world.alert('page', 'body_mismatch', text, { symbol: order.symbol, positionId: order.positionId });
  }

  #bookIncrease(order: AccountOrder, seen: BrokerOrder, fill: BrokerFill | null): void {
    const increase = seen.filledQuantity - order.filledQuantity;
    if (increase <= 0n || seen.averageFillPrice === null) return;
    const quantity = increase as Quantity;
    const exact = fill !== null && fill.quantity === quantity;
    const amount = exact
      ? notional(fill.price, quantity)
      : ((notional(seen.averageFillPrice, seen.filledQuantity) - order.filledAmount) as Money);
    const price = exact ? fill.price : (((amount * 1_000_000_000_000n) / quantity) as Price);
    this.#ledger.book(order, {
      quantity,
      price: price > 0n ? price : seen.averageFillPrice,
      amount,
      fillId: exact ? fill.fillId : `${seen.brokerOrderId}@${seen.filledQuantity}`,
      fee: exact ? fill.fee : (0n as Money),
      at: exact ? fill.at.epochMilliseconds : this.#world.marketTime,
    });
  }

  #applyStatus(order: AccountOrder, seen: BrokerOrder, wasUncertain: boolean): void {
    const told = ownStatus(seen);
    const status = told === 'working' && order.filledQuantity > 0n ? 'partially_filled' : told;
    // A cancel or replace that is under way is over only when the broker says so.
    if (status === 'working' || status === 'partially_filled') {
      const isAsked = order.status !== 'pending_cancel' || order.cancelAskedAt !== null;
      if ((order.status === 'pending_cancel' || order.status === 'pending_replace') && isAsked) {
        if (order.status === 'pending_replace' && !this.#hasSuccessorOut(order)) this.#back(order, status);
        else return;
      }
      this.#ledger.moveTo(order, status);
      if (order.unwanted !== null) this.cancel(order, order.unwanted);
      else if (wasUncertain && order.purpose === 'entry' && !this.#isWanted(order)) this.cancel(order, 'not_wanted');
      return;
    }
    if (isTerminal(order.status)) return;
    if (status === 'rejected' && order.replaces !== null) this.#notReplaced(order);
    else if (status === 'rejected' && order.purpose !== 'entry')
      this.#listener.protectionRefused(order, 'rejected', 'the broker took the order and rejected it later');
    this.#ledger.moveTo(order, status, order.reason ?? (status === 'filled' ? null : `the broker says ${seen.status}`));
  }

  /** The old stop stands as it did; it is not asked to move again at once. */
  #notReplaced({ replaces, positionId }: AccountOrder): void {
    const old = replaces === null ? undefined : this.#ledger.orders.get(replaces);
    const position = this.#ledger.positions.get(positionId);
    if (position !== undefined) position.replaceRetryAt = this.#world.at + REPLACE_AGAIN_MS;
    if (old === undefined) return;
    if (old.status === 'pending_replace') this.#back(old);
    this.look(old);
  }

  /** An entry that turns up after it could have been sent again, or against a kill switch, is not wanted unless it holds shares. */
  #isWanted(order: AccountOrder): boolean {
    if (order.filledQuantity > 0n) return true;
    return this.#entryMayBeSent(order);
  }

  #hasSuccessorOut(order: AccountOrder): boolean {
    return this.#ledger
      .positionOf(order)
      .orders.some((other) => other.replaces === order.clientOrderId && !isTerminal(other.status));
  }

  #back(order: AccountOrder, status: OrderStatus = order.filledQuantity > 0n ? 'partially_filled' : 'working'): void {
    order.status = status;
    this.#ledger.touchOrder(order);
    this.#ledger.report(order);
  }

  #seeLeg(own: AccountOrder, leg: BrokerOrder, parent: AccountOrder): void {
    own.misses = 0;
    this.#ledger.learnBrokerId(own, leg.brokerOrderId);
    this.#bookIncrease(own, leg, null);
    if (leg.status === 'replaced') {
      const successor = this.#ledger.positionOf(own).orders.find(({ replaces }) => replaces === own.clientOrderId);
      this.#ledger.moveTo(own, 'replaced', 'replaced');
      if (successor !== undefined && successor.status === 'submitting') this.look(successor);
      return;
    }
    if (parent.purpose === 'entry' && !isTerminal(parent.status) && leg.status === 'held') return;
    this.#applyStatus(own, leg, false);
  }

  /** The whole group was read: a leg that should be in it and is not is looked for by itself. */
  #missingLegs(parent: AccountOrder, seen: BrokerOrder): void {
    if (parent.request === null) return;
    for (const leg of this.#ledger.positionOf(parent).orders) {
      if (leg.groupId !== parent.clientOrderId || leg === parent || leg.replaces !== null) continue;
      if (leg.status !== 'working' && leg.status !== 'partially_filled') continue;
      if (leg.brokerOrderId === null || !seen.legs.some(({ brokerOrderId }) => brokerOrderId === leg.brokerOrderId))
        this.look(leg);
    }
  }

  /** It should be working, and the broker does not know it: for a while that may be lag, after looks well apart it is gone. */
  #missed(order: AccountOrder): void {
    // A cancel that is asked again looks each second: such looks prove no more than the first of them.
    if (order.misses > 0 && order.lookAt !== null && order.lookAt > this.#world.at) return;
    order.misses += 1;
    this.#ledger.touchOrder(order);
    if (order.misses < MOST_MISSES) {
      order.lookAt = this.#world.at + MISS_AGAIN_MS;
      return;
    }
    const { symbol, positionId } = order;
    this.#world.alert(
      'alarm',
      'order_vanished',
      `an order of ${symbol} that was working is not at the broker any more`,
      {
        symbol,
        positionId,
        pipelineId: this.#ledger.positionOf(order).pipelineId,
      },
    );
    this.#ledger.moveTo(order, 'canceled', 'it is not at the broker any more');
    settleLegs(this.#ledger, order);
    this.#listener.changed(order);
  }
}

/** We have sent it, and nothing but its own answer is known. */
function isAwaited({ status }: AccountOrder): boolean {
  return status === 'submitting' || status === 'unknown';
}

export function laneOf(order: AccountOrder): Lane {
  return order.purpose === 'entry' ? 'entry' : 'protect';
}

function ownStatus({ status }: BrokerOrder): OrderStatus {
  return status === 'held' ? 'working' : status;
}

/** Whether a broker order is the one that we asked for. */
function isSame(order: AccountOrder, seen: BrokerOrder): boolean {
  return (
    seen.symbol === order.symbol &&
    seen.side === order.side &&
    seen.quantity === order.quantity &&
    (seen.type === order.type || seen.type === 'other') &&
    (order.limitPrice === null || seen.limitPrice === null || seen.limitPrice === order.limitPrice) &&
    (order.stopPrice === null || seen.stopPrice === null || seen.stopPrice === order.stopPrice)
  );
}
