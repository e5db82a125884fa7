import type { EpochMs, Fill, Quantity } from '@bellwether/domain';
import type { ExchangeOrder, ExchangePosition } from '@bellwether/matching';
import { NakedMeter } from './truth.ts';

const MOST_SNAPSHOTS = 2_000;

/** What the account holds per symbol: in all, what of it is not the user's own hand's, how it was before, and what of it is naked. */
export class Holdings {
  readonly meter = new NakedMeter();
  readonly #net = new Map<string, bigint>();
  readonly #ours = new Map<string, bigint>();
  readonly #snapshots: { readonly wall: EpochMs; readonly positions: readonly ExchangePosition[] }[] = [];

  net(symbol: string): Quantity {
    return (this.#net.get(symbol) ?? 0n) as Quantity;
  }

  book({ symbol, side, quantity }: Fill, isExternal: boolean): void {
    const signed = side === 'buy' ? quantity : -quantity;
    this.#net.set(symbol, (this.#net.get(symbol) ?? 0n) + signed);
    if (!isExternal) this.#ours.set(symbol, (this.#ours.get(symbol) ?? 0n) + signed);
  }

  /** Says how many shares are naked from now on: ours, less what armed stops would close. */
  measure(symbol: string, live: readonly ExchangeOrder[]): void {
    const net = this.#net.get(symbol) ?? 0n;
    const ours = this.#ours.get(symbol) ?? 0n;
    const mine = net > 0n === ours > 0n ? smaller(size(net), size(ours)) : 0n;
    let armed = 0n;
    for (const order of live)
      if (order.type === 'stop' && order.role !== 'entry' && order.status !== 'held')
        armed += order.quantity - order.filledQuantity;
    this.meter.set(symbol, Number(mine - armed) / 1e9);
  }

  remember(wall: EpochMs, positions: readonly ExchangePosition[]): void {
    this.#snapshots.push({ wall, positions });
    if (this.#snapshots.length > MOST_SNAPSHOTS) this.#snapshots.splice(0, MOST_SNAPSHOTS / 2);
  }

  positionsAt(wall: EpochMs): readonly ExchangePosition[] {
    return this.#snapshots.findLast((snapshot) => snapshot.wall <= wall)?.positions ?? [];
  }
}

function size(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
