import {
  type CloseReason,
  type EpochMs,
  formatQuantity,
  isTerminal,
  ONE_SHARE,
  type Price,
  priceToNumber,
  type Quantity,
} from '@bellwether/domain';
import { type ExitGroup, exitCommands, isLive, planExits } from '../position/exit-controller.ts';
import { requestOf } from '../position/plan-orders.ts';
import type { AccountLedger } from './account-ledger.ts';
import { type AccountOrder, type AccountPosition, isOut, isUncertain } from './account-position.ts';
import type { AccountWorld } from './account-world.ts';
import { agedGroup } from './aged-legs.ts';
import { CloseProtocol } from './close-protocol.ts';
import {
  exitSide,
  hasFilledTarget,
  hasLostTarget,
  hasOwnExit,
  hasPartialFill,
  isClosed,
  isTarget,
  isUnseenLeg,
  nakedShares,
  restingShares,
  surplusGroup,
} from './cover.ts';
import type { OrderProtocol } from './order-protocol.ts';

const LADDER_RETRY_MS = 2_000;
const LADDER_TRIES = 3;
const NAKED_ALARM_MS = 10_000;
const NAKED_CLOSE_MS = 30_000;
const LEAVING_MS = 5_000;
const GROUP_READ_MS = 2_000;

/** What a close of this position waits for before it is sent, in words. */
export interface ExitListener {
  /** Shares stayed naked for 30 s. */
  nakedTooLong(position: AccountPosition): void;
  closed(position: AccountPosition): void;
}

/**
 * position + its orders + the market ─▶ the next thing to ask for
 *
 * Level-triggered: it looks at what is, compares it with what should be, and asks for the difference; a lost or repeated fact does no harm.
 *
 * Invariants: I1 Σ live exit quantity ≤ |position| (a group counts once). I2 in `open`, covered quantity = |position|. I3 no command that could
 * carry the position through zero. I4 a stop never moves so that risk grows. I5 no exit is sent while an earlier exit for the same shares is live
 * or unknown, except by replace. I6 own quantity only. I7 a stop is never taken down without a journaled reason and a successor. I8 every naked
 * second is counted.
 */
export class ExitProtocol {
  readonly #world: AccountWorld;
  readonly #ledger: AccountLedger;
  readonly #orders: OrderProtocol;
  readonly #listener: ExitListener;
  readonly #closing: CloseProtocol;
  #wakeAt: EpochMs | null = null;

  constructor(world: AccountWorld, ledger: AccountLedger, orders: OrderProtocol, listener: ExitListener) {
    this.#world = world;
    this.#ledger = ledger;
    this.#orders = orders;
    this.#listener = listener;
    this.#closing = new CloseProtocol(world, ledger, orders, {
      wake: (at) => this.#wake(at),
      readGroup: (position, out) => this.#readGroup(position, out),
    });
  }

  /** Looks at one position and asks for what is missing. Returns when to look again though nothing happens. */
  control(position: AccountPosition): EpochMs | null {
    this.#wakeAt = null;
    this.#countNaked(position);
    if (position.status === 'closed') return null;
    if (position.quantity > 0n && position.entryComplete && position.firstQuantity + position.secondQuantity === 0n)
      planExits(position, position.enteredQuantity, ONE_SHARE);
    if (position.excess > 0n) this.#closing.tradeBack(position);
    else if (!position.entryComplete) this.#attendEntry(position);
    else if (position.quantity === 0n) this.#finish(position);
    else if (position.closing !== null && this.#world.isOpen(position.symbol)) this.#closing.close(position);
    // A close that waits for the open leaves the protection up, or puts it up again.
    else this.#protect(position);
    if (position.closing !== null && !isClosed(position)) this.#closing.warnBeforeEnd(position);
    this.#countNaked(position);
    if (!isClosed(position)) this.#show(position);
    return this.#wakeAt;
  }

  /** Starts the close protocol; asked twice, the first reason stands. */
  startClose(position: AccountPosition, reason: CloseReason): boolean {
    if (position.closing !== null || position.status === 'closed') return false;
    position.closing = reason;
    position.closeAskedAt = this.#world.at;
    this.#world.endedTick.set(position.positionId, this.#world.tick);
    this.#ledger.touch(position);
    return true;
  }

  entryEnded(position: AccountPosition): void {
    if (position.entryComplete) return;
    position.entryComplete = true;
    if (position.quantity > 0n) planExits(position, position.enteredQuantity, ONE_SHARE);
    this.#ledger.touch(position);
  }

  protectionRefused(order: AccountOrder): void {
    const position = this.#ledger.positionOf(order);
    position.ladder.refusals += 1;
    position.ladder.retryAt = this.#world.at + LADDER_RETRY_MS;
    // Somebody may have sold what was to be protected.
    this.#world.command({ command: 'read_positions', lane: 'protect' });
    this.#ledger.touch(position);
  }

  #attendEntry(position: AccountPosition): void {
    const { at, marketTime } = this.#world;
    const entry = position.orders[0] as AccountOrder;
    if (isTerminal(entry.status)) {
      this.entryEnded(position);
      return void this.control(position);
    }
    if (position.closing !== null) {
      this.#orders.cancel(entry, position.closing);
      if (isTerminal(entry.status)) this.control(position);
      return;
    }
    if (entry.status !== 'working' && entry.status !== 'partially_filled') return;
    if (entry.validMs !== null && entry.expiresAt === null && this.#world.isOpen(position.symbol)) {
      entry.expiresAt = marketTime + entry.validMs;
      this.#ledger.touchOrder(entry);
    }
    if (entry.expiresAt !== null && marketTime >= entry.expiresAt) return this.#orders.cancel(entry, 'entry_expired');
    if (entry.filledQuantity > 0n && entry.firstFillAt !== null) {
      const patientUntil = entry.firstFillAt + position.partialPatienceMs;
      if (at >= patientUntil) return this.#orders.cancel(entry, 'partial_entry');
      this.#wake(patientUntil);
    }
  }

  /** Every share is gone: what still rests is taken down, and the position is over once nothing is out. */
  #finish(position: AccountPosition): void {
    const out = position.orders.filter((order) => isOut(order));
    for (const order of position.orders) if (order.status === 'planned') this.#orders.cancel(order, 'flat');
    if (out.length === 0) {
      this.#ledger.close(
        position,
        position.enteredQuantity > 0n && position.exitedQuantity > 0n && !hasOwnExit(position),
      );
      this.#listener.closed(position);
      return;
    }
    this.#readGroup(position, out);
    for (const order of out) {
      // A group ends by itself; only what stands alone, or still stands a moment later, is canceled.
      const mates = position.orders.filter(
        (other) => other !== order && other.groupId === order.groupId && other.leg !== 'entry',
      );
      const endedAt = Math.max(0, ...mates.map((mate) => mate.endedAt ?? 0));
      if (endedAt > 0 && this.#world.at - endedAt < GROUP_READ_MS) this.#wake(endedAt + GROUP_READ_MS);
      else if (order.status === 'working' || order.status === 'partially_filled') this.#orders.cancel(order, 'flat');
    }
  }

  #protect(position: AccountPosition): void {
    const { at } = this.#world;
    const exits = position.orders.filter((order) => order.leg !== 'entry');
    this.#climb(position);
    if (position.closing !== null && this.#world.isOpen(position.symbol)) return this.#closing.close(position);
    // A close that was sent before a halt still sells: nothing is placed beside it.
    const pending = exits.filter((order) => isUncertain(order) || (order.leg === 'close' && isOut(order)));
    if (pending.length > 0) return this.#readGroup(position, pending);
    if (this.#seeksLegs(position)) return;
    if (this.#takeDownRest(position)) return;
    if (this.#isLeaving(position)) return;
    if (position.ladder.refusals >= LADDER_TRIES || this.#shownLess(position) !== null) return this.#stopOnly(position);
    if (this.#renewed(position)) return;
    const groups = exitCommands(position.closing === null ? position : { ...position, closing: null });
    const cancels = groups.filter((command) => command.command === 'cancel_group');
    for (const command of cancels) {
      const members = exits.filter((order) => order.groupId === command.groupId && isLive(order));
      const [member] = members;
      if (member !== undefined) this.#cancelGroup(members, command.reason);
    }
    if (cancels.length > 0) return;
    for (const command of groups) {
      if (command.command === 'replace_stop') this.#replaceStop(position, command.clientOrderId, command.stop);
      else if (command.command === 'place_exit') {
        if (position.ladder.retryAt !== null && at < position.ladder.retryAt)
          return this.#wake(position.ladder.retryAt);
        if (this.#isBeyondStop(position)) {
          this.startClose(position, 'stop');
          return this.#closing.close(position);
        }
        this.#place(position, command.group);
      }
    }
  }

  /** The ladder: 10 s naked is an alarm, 30 s is the close protocol. */
  #climb(position: AccountPosition): void {
    const { at } = this.#world;
    const { ladder } = position;
    const facts = { symbol: position.symbol, positionId: position.positionId, pipelineId: position.pipelineId };
    if (ladder.nakedSince === null) return;
    const naked = at - ladder.nakedSince;
    if (naked >= NAKED_ALARM_MS && !ladder.alarmed) {
      ladder.alarmed = true;
      this.#ledger.touch(position);
      this.#world.alert(
        'alarm',
        'naked',
        `${formatQuantity(position.naked as Quantity)} ${position.symbol} have had no stop for ${Math.round(naked / 1_000)} s`,
        facts,
      );
    }
    // Closed or halted, nothing can be sold: protection is tried on.
    if (naked >= NAKED_CLOSE_MS && position.closing === null && this.#world.isOpen(position.symbol)) {
      this.#world.alert(
        'page',
        'naked_close',
        `${position.symbol} could not be protected for 30 s and is closed at the market`,
        facts,
      );
      this.#listener.nakedTooLong(position);
      this.startClose(position, 'emergency');
      return;
    }
    if (naked < NAKED_CLOSE_MS) this.#wake(ladder.nakedSince + (ladder.alarmed ? NAKED_CLOSE_MS : NAKED_ALARM_MS));
  }

  /** Exits that grow too old are taken down, one group at a time, and put up again as what is missing. */
  #renewed(position: AccountPosition): boolean {
    const { marketTime, settings, marks } = this.#world;
    const { symbol, positionId, pipelineId } = position;
    const mark = marks.get(symbol);
    const closesAt = this.#world.isOpen(symbol) ? settings.sessionAt(symbol, marketTime).closesAt : null;
    const aged = agedGroup(position, { marketTime, closesAt, mark: mark === undefined ? null : priceToNumber(mark) });
    if (aged === null || position.closing !== null) return false;
    const text = `the exits of ${symbol} have rested for 80 days and are put up anew before the broker lets them lapse`;
    this.#world.alert('notice', 'exits_renewed', text, { symbol, positionId, pipelineId });
    this.#cancelGroup(aged, 'renewed');
    return true;
  }

  /** Legs that the broker has not shown yet: nothing is placed beside what may be there. */
  #seeksLegs(position: AccountPosition): boolean {
    const unseen = position.orders.find((order) => isUnseenLeg(order) && isLive(order));
    if (unseen === undefined) return false;
    this.#readGroup(
      position,
      position.orders.filter(({ clientOrderId }) => clientOrderId === unseen.groupId),
    );
    return true;
  }

  /** The last rung but one: what is naked goes behind one stop, beside what rests. */
  #stopOnly(position: AccountPosition): void {
    const { retryAt } = position.ladder;
    const surplus = surplusGroup(position);
    if (surplus !== null) return this.#cancelGroup(surplus, 'surplus');
    const shown = this.#shownLess(position);
    const naked = nakedShares(position);
    const wanted = shown !== null && shown < naked ? shown : naked;
    const free = position.quantity - restingShares(position);
    if (free < wanted) {
      // A target whose stop has ended may have filled, and its shares be gone: it is read before they are protected.
      const alone = position.orders.filter((order) => isTarget(order) && isLive(order));
      if (alone.length > 0) this.#readGroup(position, alone);
    }
    const quantity = (free < wanted ? free : wanted) as Quantity;
    if (quantity <= 0n) return;
    if (retryAt !== null && this.#world.at < retryAt) return this.#wake(retryAt);
    if (this.#isBeyondStop(position)) {
      this.startClose(position, 'stop');
      return this.#closing.close(position);
    }
    this.#place(position, { leg: 'target_2', quantity, target: null, stop: position.stop });
  }

  /**
   * After a refusal: how many shares the broker shows that no exit of ours holds yet, where it shows fewer than the ledger has; null otherwise.
   * What is left is protected at once; what is gone is booked when it is confirmed.
   */
  #shownLess(position: AccountPosition): bigint | null {
    if (position.ladder.refusals === 0) return null;
    const shown = this.#closing.shownShares(position);
    return shown === null || shown >= position.quantity ? null : shown - restingShares(position);
  }

  /** A group whose target we took down: should its stop still stand, it is asked for by itself. */
  #takeDownRest(position: AccountPosition): boolean {
    let asked = false;
    for (const stop of position.orders) {
      if (stop.leg !== 'stop' || !isLive(stop) || stop.filledQuantity > 0n) continue;
      const target = position.orders.find((order) => order.groupId === stop.groupId && isTarget(order));
      if (target === undefined || target.cancelAskedAt === null || target.status !== 'canceled') continue;
      this.#orders.cancel(stop, target.reason ?? 'its target was canceled');
      asked = true;
    }
    return asked;
  }

  /** A stop that was hit sells by itself for 5 s; then the close protocol takes over. */
  #isLeaving(position: AccountPosition): boolean {
    const { at } = this.#world;
    const over = position.orders.filter(
      (order) => order.leg === 'stop' && isLive(order) && hasFilledTarget(position, order),
    );
    if (over.length > 0) {
      this.#readGroup(position, over);
      return true;
    }
    const leaving =
      position.orders.some(
        (order) => order.leg === 'stop' && isLive(order) && this.#isBeyond(position, order.stopPrice),
      ) ||
      position.orders.some(
        (order) =>
          order.leg === 'stop' &&
          isLive(order) &&
          (order.filledQuantity > 0n || hasLostTarget(position, order.groupId)),
      );
    if (!leaving) {
      position.leavingSince = null;
      return false;
    }
    position.leavingSince ??= at;
    if (at - position.leavingSince >= LEAVING_MS) {
      this.startClose(position, 'stop');
      this.#closing.close(position);
    } else {
      this.#readGroup(
        position,
        position.orders.filter((order) => isLive(order)),
      );
      this.#wake(position.leavingSince + LEAVING_MS);
    }
    return true;
  }

  #place(position: AccountPosition, { leg, quantity, target, stop }: ExitGroup): void {
    const exit = { side: exitSide(position), quantity, at: this.#world.marketTime } as const;
    if (target === null) {
      const alone = this.#ledger.plan(position, {
        ...exit,
        purpose: 'stop_only',
        leg: 'stop',
        type: 'stop',
        stopPrice: stop,
      });
      this.#ledger.setRequest(alone, requestOf(alone));
      return this.#orders.submit(alone);
    }
    const parent = this.#ledger.plan(position, { ...exit, purpose: 'exit', leg, type: 'limit', limitPrice: target });
    if (stop === null) {
      this.#ledger.setRequest(parent, requestOf(parent));
      return this.#orders.submit(parent);
    }
    const sibling = this.#ledger.plan(position, {
      ...exit,
      purpose: 'exit',
      leg: 'stop',
      type: 'stop',
      stopPrice: stop,
      groupId: parent.clientOrderId,
    });
    const stopLoss = { clientOrderId: sibling.clientOrderId, stopPrice: stop };
    this.#ledger.setRequest(parent, { ...requestOf(parent), oco: true, stopLoss });
    this.#orders.submit(parent);
  }

  #replaceStop(position: AccountPosition, oldId: string, stop: Price): void {
    const { at } = this.#world;
    if (position.replaceRetryAt !== null && at < position.replaceRetryAt) return this.#wake(position.replaceRetryAt);
    const old = position.orders.find(({ clientOrderId }) => clientOrderId === oldId);
    // A partly filled order is never replaced: it would come back with its first quantity.
    if (old === undefined || hasPartialFill(position, old.groupId)) return;
    if (old.brokerOrderId === null)
      return this.#readGroup(
        position,
        position.orders.filter((order) => order.clientOrderId === old.groupId),
      );
    const successor = this.#ledger.plan(
      position,
      {
        purpose: 'replace',
        leg: 'stop',
        side: old.side,
        type: 'stop',
        quantity: (old.quantity - old.filledQuantity) as Quantity,
        stopPrice: stop,
        at: this.#world.marketTime,
        groupId: old.groupId,
      },
      { replaces: oldId },
    );
    this.#orders.replace(old, successor);
  }

  /** Cancel of one member ends its group; each is asked for, since a broker may forget one. */
  #cancelGroup(members: readonly AccountOrder[], reason: string): void {
    const sent = members.find((order) => order.groupId === order.clientOrderId) ?? members[0];
    if (sent !== undefined) this.#orders.cancel(sent, reason);
  }

  /** The stream may forget an event: what is out while the rest has ended is read by itself. */
  #readGroup(position: AccountPosition, out: readonly AccountOrder[]): void {
    const { at } = this.#world;
    if (at - position.groupReadAt < GROUP_READ_MS) return this.#wake(position.groupReadAt + GROUP_READ_MS);
    position.groupReadAt = at;
    for (const order of out) if (order.status !== 'submitting' && order.lookAt === null) this.#orders.look(order);
    this.#wake(at + GROUP_READ_MS);
  }

  #isBeyondStop(position: AccountPosition): boolean {
    return this.#isBeyond(position, position.stop);
  }

  #isBeyond(position: AccountPosition, stop: Price | null): boolean {
    const mark = this.#world.marks.get(position.symbol);
    if (mark === undefined || stop === null || !this.#world.isOpen(position.symbol)) return false;
    return position.side === 'long' ? mark <= stop : mark >= stop;
  }

  /** I8: naked shares × time since the last look, then how many are naked now. */
  #countNaked(position: AccountPosition): void {
    const { at } = this.#world;
    if (at > position.nakedAsOf) {
      position.nakedShareMs += position.naked * BigInt(at - position.nakedAsOf);
      position.nakedAsOf = at;
    }
    const naked = nakedShares(position);
    if (naked !== position.naked) {
      position.naked = naked;
      this.#ledger.touch(position);
    }
    const { ladder } = position;
    const counts = naked > 0n && position.entryComplete;
    if (counts && ladder.nakedSince === null) {
      ladder.nakedSince = at;
      this.#ledger.touch(position);
    } else if (!counts && ladder.nakedSince !== null) {
      ladder.nakedSince = null;
      ladder.alarmed = false;
      ladder.paged = false;
      ladder.retryAt = null;
      if (ladder.refusals < LADDER_TRIES) ladder.refusals = 0;
      this.#ledger.touch(position);
    }
  }

  #show(position: AccountPosition): void {
    const { quantity, closing, naked, split, entryComplete } = position;
    const status =
      closing !== null || (entryComplete && quantity === 0n)
        ? 'closing'
        : !entryComplete
          ? 'opening'
          : naked === 0n
            ? 'open'
            : split && !position.firstDone && position.ladder.refusals === 0
              ? 'converting'
              : 'protecting';
    this.#ledger.setStatus(position, status);
  }

  #wake(at: EpochMs): void {
    if (this.#wakeAt === null || at < this.#wakeAt) this.#wakeAt = at;
  }
}
