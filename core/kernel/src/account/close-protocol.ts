import { type EpochMs, formatQuantity, NO_QUANTITY, type Quantity } from '@bellwether/domain';
import { requestOf } from '../position/plan-orders.ts';
import type { AccountLedger } from './account-ledger.ts';
import { type AccountOrder, type AccountPosition, isOut, signedQuantity } from './account-position.ts';
import type { AccountWorld } from './account-world.ts';
import { exitSide, mayBeCanceled } from './cover.ts';
import type { OrderProtocol } from './order-protocol.ts';

const RETRY_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;
const ALARM_MS = 10_000;
const PAGE_MS = 30_000;
const RECHECK_MS = 2_000;
const FLAT_BEFORE_MS = 120_000;
/** Positions may lag so far behind orders. */
const LAG_MS = 10_000;

/** How a position is looked at again. */
export interface Attention {
  wake(at: EpochMs): void;
  /** Reads orders by themselves, at most each two seconds. */
  readGroup(position: AccountPosition, out: readonly AccountOrder[]): void;
}

/**
 * cancel everything own ─▶ all terminal ─▶ read again ─▶ trade exactly the own shares ─▶ again while some remain
 *
 * Invariants: I3 nothing is sent that could carry the position through zero. I6 own quantity only, and never more than the broker shows.
 */
export class CloseProtocol {
  readonly #world: AccountWorld;
  readonly #ledger: AccountLedger;
  readonly #orders: OrderProtocol;
  readonly #attention: Attention;

  constructor(world: AccountWorld, ledger: AccountLedger, orders: OrderProtocol, attention: Attention) {
    this.#world = world;
    this.#ledger = ledger;
    this.#orders = orders;
    this.#attention = attention;
  }

  /** Takes the next step of a close, in an open market. */
  close(position: AccountPosition): void {
    const { at } = this.#world;
    this.#warn(position);
    const out = position.orders.filter((order) => isOut(order));
    for (const order of position.orders) if (order.status === 'planned') this.#orders.cancel(order, 'close');
    if (out.length > 0) {
      for (const order of out)
        if (order.leg !== 'close' && mayBeCanceled(order)) this.#orders.cancel(order, position.closing ?? 'close');
      this.#attention.readGroup(position, out);
      return;
    }
    const { ladder } = position;
    if (ladder.retryAt !== null && at < ladder.retryAt) return this.#attention.wake(ladder.retryAt);
    const last = position.orders.findLast((order) => order.leg === 'close');
    // A close that came to nothing is not repeated at the speed of the network.
    const pause = closePause(position);
    if (last !== undefined && at - (last.endedAt ?? 0) < pause)
      return this.#attention.wake((last.endedAt ?? 0) + pause);
    const net = this.#world.brokerNet;
    if (net === null || net.askedTick < (this.#world.endedTick.get(position.positionId) ?? 0)) {
      this.#world.command({ command: 'read_positions', lane: 'protect' });
      return;
    }
    const available = this.shownShares(position);
    if (available === null) {
      // It may be from before our last fill, and what is gone by now is not sold twice.
      if (at - net.askedAt >= RECHECK_MS) this.#world.command({ command: 'read_positions', lane: 'protect' });
      return this.#attention.wake(net.askedAt + RECHECK_MS);
    }
    if (available < position.quantity && at - net.askedAt < RECHECK_MS) {
      // Orders and positions may be seconds out of step: nothing is sold that the broker does not show.
      this.#attention.wake(net.askedAt + RECHECK_MS);
      if (available <= 0n) return;
    } else if (available < position.quantity) this.#world.command({ command: 'read_positions', lane: 'protect' });
    const quantity = available < position.quantity ? available : position.quantity;
    if (quantity <= 0n) return;
    const close = this.#ledger.plan(position, {
      purpose: 'close',
      leg: 'close',
      side: exitSide(position),
      type: 'market',
      quantity,
      at: this.#world.marketTime,
    });
    this.#ledger.setRequest(close, requestOf(close));
    this.#orders.submit(close);
  }

  /** What is to be flat and is not, two minutes before the session ends, is paged; its stop stays. */
  warnBeforeEnd(position: AccountPosition): void {
    const { settings, at, marketTime } = this.#world;
    const { symbol, positionId, pipelineId, quantity } = position;
    const { closesAt } = settings.sessionAt(symbol, marketTime);
    if (closesAt === null || quantity === 0n || position.toldFor === closesAt) return;
    const left = closesAt - FLAT_BEFORE_MS - marketTime;
    if (left > 0) return this.#attention.wake(at + left);
    position.toldFor = closesAt;
    this.#ledger.touch(position);
    this.#world.alert(
      'page',
      'not_flat',
      `${formatQuantity(quantity)} ${symbol} could not be closed and the session ends within two minutes; what protects them stays, and they are closed at the next open`,
      { symbol, positionId, pipelineId },
    );
  }

  /** A close that takes long is told at 10 s and paged at 30 s: its shares are naked meanwhile. */
  #warn(position: AccountPosition): void {
    const { ladder, symbol, positionId, pipelineId } = position;
    if (ladder.nakedSince === null) return;
    const naked = this.#world.at - ladder.nakedSince;
    const facts = { symbol, positionId, pipelineId };
    if (naked >= ALARM_MS && !ladder.alarmed) {
      ladder.alarmed = true;
      this.#ledger.touch(position);
      this.#world.alert(
        'alarm',
        'close_slow',
        `the close of ${symbol} has taken ${Math.round(naked / 1_000)} s so far`,
        facts,
      );
    }
    if (naked >= PAGE_MS && !ladder.paged) {
      ladder.paged = true;
      this.#ledger.touch(position);
      this.#world.alert(
        'page',
        'close_failing',
        `the close of ${symbol} has not come through for ${Math.round(naked / 1_000)} s; it goes on trying`,
        facts,
      );
    }
    const next = ladder.paged ? null : ladder.nakedSince + (ladder.alarmed ? PAGE_MS : ALARM_MS);
    if (next !== null) this.#attention.wake(next);
  }

  /**
   * Returns how many shares the broker shows for a position; null where that cannot be believed: it is neither what the ledger holds nor was it
   * asked long enough after our last fill in the symbol.
   */
  shownShares(position: AccountPosition): Quantity | null {
    const { brokerNet, external, filledAt, startedAt } = this.#world;
    const { symbol } = position;
    if (brokerNet === null) return null;
    const shown = brokerNet.bySymbol.get(symbol) ?? NO_QUANTITY;
    let held: bigint = external.get(symbol)?.quantity ?? NO_QUANTITY;
    for (const own of this.#ledger.openIn(symbol)) held += signedQuantity(own);
    const isLate = brokerNet.askedAt >= (filledAt.get(symbol) ?? startedAt ?? 0) + LAG_MS;
    return shown === held || isLate ? this.#availableOf(position, shown) : null;
  }

  /** How many of the broker's shares can be this position's: the net on its side, less what other positions own. */
  #availableOf(position: AccountPosition, net: Quantity): Quantity {
    const sign = position.side === 'long' ? 1n : -1n;
    let others = 0n;
    for (const other of this.#ledger.openIn(position.symbol)) if (other !== position) others += signedQuantity(other);
    const left = (net - others) * sign;
    const onSide = net * sign;
    const available = left < onSide ? left : onSide;
    return (available > 0n ? available : 0n) as Quantity;
  }

  /** Both legs filled: the exact excess is traded back, and the account is halted until somebody has looked. */
  tradeBack(position: AccountPosition): void {
    const facts = { symbol: position.symbol, positionId: position.positionId, pipelineId: position.pipelineId };
    const out = position.orders.filter((order) => isOut(order));
    // A leg fills only after its entry: the entry's own fill is under way, and nothing is beyond zero until it has been read.
    const unread = out.filter((order) => order.leg === 'entry');
    if (unread.length > 0) return this.#attention.readGroup(position, unread);
    if (!position.halted) {
      position.halted = true;
      const text = `both legs of ${position.symbol} filled: ${formatQuantity(position.excess)} shares beyond zero are traded back`;
      this.#world.demand({ scope: 'account', pipelineId: null, state: 'halted', cause: 'sign_flip', text });
      this.#world.alert('page', 'sign_flip', text, facts);
      this.#ledger.touch(position);
    }
    for (const order of out)
      if (order.leg !== 'close' && (order.status === 'working' || order.status === 'partially_filled'))
        this.#orders.cancel(order, 'flat');
    if (out.length > 0) return this.#attention.readGroup(position, out);
    if (!this.#world.isOpen(position.symbol)) return;
    if (position.ladder.retryAt !== null && this.#world.at < position.ladder.retryAt)
      return this.#attention.wake(position.ladder.retryAt);
    const quantity = this.#excessAtBroker(position);
    if (quantity === null || quantity === 0n) return;
    const back = this.#ledger.plan(position, {
      purpose: 'close',
      leg: 'close',
      side: position.side === 'long' ? 'buy' : 'sell',
      type: 'market',
      quantity,
      at: this.#world.marketTime,
    });
    this.#ledger.setRequest(back, requestOf(back));
    this.#orders.submit(back);
  }

  /** What the broker really holds on the wrong side; null while that is being asked. */
  #excessAtBroker(position: AccountPosition): Quantity | null {
    const { at } = this.#world;
    const net = this.#world.brokerNet;
    if (net === null || net.askedTick < (this.#world.endedTick.get(position.positionId) ?? 0)) {
      this.#world.command({ command: 'read_positions', lane: 'protect' });
      return null;
    }
    const sign = position.side === 'long' ? -1n : 1n;
    const beyond = (net.bySymbol.get(position.symbol) ?? 0n) * sign;
    if (beyond >= position.excess) return position.excess;
    // Orders and positions may be seconds out of step: it is read again, and never more is traded than is shown.
    if (at - net.askedAt >= RECHECK_MS) this.#world.command({ command: 'read_positions', lane: 'protect' });
    this.#attention.wake(at + RECHECK_MS);
    return beyond > 0n ? (beyond as Quantity) : (0n as Quantity);
  }
}

/** 2, 4, 8 … 30 s after closes that came to nothing, one after the other. */
function closePause({ orders }: AccountPosition): number {
  let failed = 0;
  for (const order of orders) if (order.leg === 'close') failed = order.filledQuantity > 0n ? 0 : failed + 1;
  return failed === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, RETRY_MS * 2 ** (failed - 1));
}
