import type { Price } from '@bellwether/domain';
import type { DeskOrder, DeskState, PositionRecord, SessionState } from '@bellwether/kernel';
import type { ExchangeState } from '@bellwether/matching';
import { readExactly, writeExactly } from '../account/account-codec.ts';
import type { AccountPlaceState } from './account-place.ts';
import type { PlaceState } from './place.ts';

/** Everything a session must remember, beside its place on the tape. */
export interface Memory {
  readonly session: SessionState;
  readonly place: PlaceState;
}

/** Fixed-point numbers become decimal strings of their whole units; everything else is plain already. */
type Plain<T> = T extends bigint
  ? string
  : T extends readonly (infer E)[]
    ? Plain<E>[]
    : T extends object
      ? { [K in keyof T]: Plain<T[K]> }
      : T;

interface Saved {
  readonly session: SessionState & {
    readonly desk: Omit<DeskState, 'positions' | 'working'> & {
      readonly positions: readonly Plain<PositionRecord>[];
      readonly working: readonly (readonly [string, Plain<DeskState['working'][number][1]>])[];
    };
  };
  readonly exchange: ExchangeState;
}

/** The memory of a session on a broker account: bigints are tagged, since other people's records stand in it. */
interface SavedOnAccount {
  readonly session: SessionState;
  readonly account: unknown;
}

/** Writes a session's memory as JSON text. `readMemory` gives it back. */
export function writeMemory({ session, place }: Memory): string {
  if (place.kind === 'account') return `{"session":${JSON.stringify(session)},"account":${writeExactly(place)}}`;
  const { desk, exchange } = place;
  const saved: Saved = {
    session: {
      ...session,
      desk: {
        ...desk,
        positions: desk.positions.map(positionToPlain),
        working: desk.working.map(([id, entry]) => [id, { ...entry, sizingPrice: String(entry.sizingPrice) }] as const),
      },
    },
    exchange,
  };
  return JSON.stringify(saved);
}

/** Reads what `writeMemory` wrote, parsed by the database driver. */
export function readMemory(plain: unknown): Memory {
  if ('account' in (plain as Saved | SavedOnAccount)) {
    const { session, account } = plain as SavedOnAccount;
    return { session, place: readExactly(account) as AccountPlaceState };
  }
  const { session: saved, exchange } = plain as Saved;
  const { desk, ...session } = saved;
  return {
    session,
    place: {
      kind: 'simulated',
      exchange,
      desk: {
        ...desk,
        positions: desk.positions.map(positionFromPlain),
        working: desk.working.map(
          ([id, entry]) => [id, { ...entry, sizingPrice: BigInt(entry.sizingPrice) as Price }] as const,
        ),
      },
    },
  };
}

function positionToPlain(position: PositionRecord): Plain<PositionRecord> {
  return {
    ...position,
    quantity: String(position.quantity),
    intendedQuantity: String(position.intendedQuantity),
    enteredQuantity: String(position.enteredQuantity),
    entryAmount: String(position.entryAmount),
    exitAmount: String(position.exitAmount),
    exitedQuantity: String(position.exitedQuantity),
    fees: String(position.fees),
    slippage: String(position.slippage),
    decidedPrice: orNull(position.decidedPrice),
    initialStop: orNull(position.initialStop),
    stop: orNull(position.stop),
    target1: orNull(position.target1),
    target2: orNull(position.target2),
    firstQuantity: String(position.firstQuantity),
    secondQuantity: String(position.secondQuantity),
    orders: position.orders.map(orderToPlain),
  };
}

function positionFromPlain(plain: Plain<PositionRecord>): PositionRecord {
  return {
    ...plain,
    quantity: units(plain.quantity),
    intendedQuantity: units(plain.intendedQuantity),
    enteredQuantity: units(plain.enteredQuantity),
    entryAmount: units(plain.entryAmount),
    exitAmount: units(plain.exitAmount),
    exitedQuantity: units(plain.exitedQuantity),
    fees: units(plain.fees),
    slippage: units(plain.slippage),
    decidedPrice: unitsOrNull(plain.decidedPrice ?? null),
    initialStop: unitsOrNull(plain.initialStop),
    stop: unitsOrNull(plain.stop),
    target1: unitsOrNull(plain.target1),
    target2: unitsOrNull(plain.target2),
    firstQuantity: units(plain.firstQuantity),
    secondQuantity: units(plain.secondQuantity),
    orders: plain.orders.map(orderFromPlain),
  };
}

function orderToPlain(order: DeskOrder): Plain<DeskOrder> {
  return {
    ...order,
    quantity: String(order.quantity),
    limitPrice: orNull(order.limitPrice),
    stopPrice: orNull(order.stopPrice),
    filledQuantity: String(order.filledQuantity),
    filledAmount: String(order.filledAmount),
    commission: String(order.commission),
    slippage: String(order.slippage),
  };
}

function orderFromPlain(plain: Plain<DeskOrder>): DeskOrder {
  return {
    ...plain,
    quantity: units(plain.quantity),
    limitPrice: unitsOrNull(plain.limitPrice),
    stopPrice: unitsOrNull(plain.stopPrice),
    filledQuantity: units(plain.filledQuantity),
    filledAmount: units(plain.filledAmount),
    commission: units(plain.commission),
    slippage: units(plain.slippage),
  };
}

function orNull(value: bigint | null): string | null {
  return value === null ? null : String(value);
}

/** The unit follows from the field that takes it. */
function units<U extends bigint>(text: string): U {
  return BigInt(text) as U;
}

function unitsOrNull<U extends bigint>(text: string | null): U | null {
  return text === null ? null : units<U>(text);
}
