import Type, { type Static } from 'typebox';
import { AccountRefWire, PipelineRefWire } from './accounts.schema.ts';
import { OrderWire } from './journal.schema.ts';
import { DecimalText, Id, Instant, Nullable, PageOf } from './wire-value.schema.ts';

export const OrderFillWire = Type.Object(
  {
    fill_id: Id,
    price: DecimalText,
    quantity: DecimalText,
    amount: DecimalText,
    fee: DecimalText,
    filled_at: Instant,
  },
  { 'x-name': 'OrderFill' },
);
export type OrderFillWire = Static<typeof OrderFillWire>;

/** An order as its row has it; `order_id` is the id by which events and the broker know it. */
export const OrderRecordWire = Type.Object(
  {
    ...OrderWire.properties,
    /** The database also knows stops with a limit, which the platform never sends itself. */
    type: Type.Enum(['market', 'limit', 'stop', 'stop_limit']),
    leg: Type.String({ examples: ['entry', 'target_1', 'target_2', 'stop', 'close'] }),
    group_id: Nullable(Id),
    broker_order_id: Nullable(Type.String()),
    account: AccountRefWire,
    pipeline: PipelineRefWire,
    execution_id: Id,
    /** False once nothing more can come of it. */
    is_open: Type.Boolean(),
    status_text: Type.String({ examples: ['works at the broker'] }),
    created_at: Instant,
    submitted_at: Nullable(Instant),
    ended_at: Nullable(Instant),
  },
  { 'x-name': 'OrderRecord' },
);
export type OrderRecordWire = Static<typeof OrderRecordWire>;

export const OrderPage = PageOf(OrderRecordWire);

export const OrderDetailWire = Type.Object(
  { ...OrderRecordWire.properties, fills: Type.Array(OrderFillWire) },
  { 'x-name': 'OrderDetail' },
);
export type OrderDetailWire = Static<typeof OrderDetailWire>;
