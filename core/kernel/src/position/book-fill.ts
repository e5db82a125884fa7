import { BellwetherError, type Fill, formatQuantity, type Money, notional, type Quantity } from '@bellwether/domain';
import type { DeskOrder, PositionRecord } from './position-state.ts';

/** Books a fill into its order and position. Throws `ledger/unbalanced` when an exit would sell more than is held. */
export function bookFill(position: PositionRecord, order: DeskOrder, fill: Fill): void {
  const amount = notional(fill.price, fill.quantity);
  const slipped = notional(fill.slippage, fill.quantity);
  order.filledQuantity = (order.filledQuantity + fill.quantity) as Quantity;
  order.filledAmount = (order.filledAmount + amount) as Money;
  order.commission = (order.commission + fill.commission) as Money;
  order.slippage = (order.slippage + slipped) as Money;
  position.fees = (position.fees + fill.commission) as Money;
  position.slippage = (position.slippage + slipped) as Money;
  if (order.leg === 'entry') {
    position.quantity = (position.quantity + fill.quantity) as Quantity;
    position.enteredQuantity = (position.enteredQuantity + fill.quantity) as Quantity;
    position.entryAmount = (position.entryAmount + amount) as Money;
    position.openedAt ??= fill.at;
    return;
  }
  if (fill.quantity > position.quantity)
    throw new BellwetherError(
      'bug',
      'ledger/unbalanced',
      `expected an exit of at most ${formatQuantity(position.quantity)} ${position.symbol}, was ${formatQuantity(fill.quantity)}`,
    );
  position.quantity = (position.quantity - fill.quantity) as Quantity;
  position.exitedQuantity = (position.exitedQuantity + fill.quantity) as Quantity;
  position.exitAmount = (position.exitAmount + amount) as Money;
  if (order.leg === 'target_1' && position.split) markFirstTarget(position);
}

/** Target 1 is done when its own fills reach its part, never by comparing sizes of the position. */
function markFirstTarget(position: PositionRecord): void {
  const filled = position.orders.reduce(
    (sum, order) => (order.leg === 'target_1' ? sum + order.filledQuantity : sum),
    0n,
  );
  if (filled >= position.firstQuantity) position.firstDone = true;
}
