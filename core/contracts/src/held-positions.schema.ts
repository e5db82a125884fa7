import Type, { type Static } from 'typebox';
import { AccountRefWire, PipelineRefWire } from './accounts.schema.ts';
import { OrderDetailWire, OrderFillWire } from './orders.schema.ts';
import { PositionWire } from './positions.schema.ts';
import { TradeWire } from './trades.schema.ts';
import { DecimalText, Id, Instant, Nullable, PositionSide } from './wire-value.schema.ts';

/** What stands between a position and a fall. */
export const ProtectionWire = Type.Object(
  {
    /** Shares that armed stops close. */
    covered: DecimalText,
    /** Shares that nothing closes without us. */
    naked: DecimalText,
    /** Shares × seconds without an armed stop, since the position began. */
    naked_share_seconds: DecimalText,
    /** True when a stop acts without us. */
    armed: Type.Boolean(),
    /** The stop that rests, and since when. */
    stop_order_id: Nullable(Id),
    stop_since: Nullable(Instant),
    text: Type.String({ examples: ['66 of 66 shares have a stop at the broker'] }),
  },
  { 'x-name': 'Protection' },
);
export type ProtectionWire = Static<typeof ProtectionWire>;

/** A position with all that a screen says about it beside the numbers of its events. */
export const HeldPositionWire = Type.Object(
  {
    ...PositionWire.properties,
    account: AccountRefWire,
    pipeline: PipelineRefWire,
    state_text: Type.String({ examples: ['open: every share has its stop'] }),
    /** Of the market whose price it is: a tape has its own time. */
    last_price_at: Nullable(Instant),
    /** Percent of the entry cost. */
    unrealized_pct: Nullable(Type.Number()),
    /** Multiples of the first risk. */
    unrealized_r: Nullable(Type.Number()),
    fees: DecimalText,
    protection: ProtectionWire,
    /** Beside the state: halted, drift, suspended, t1_done, breakeven_done. */
    flags: Type.Array(Type.String()),
    /** The command that last asked for it to be closed, and has not ended. */
    close_command_id: Nullable(Id),
    /** Since when its pipeline enters the symbol no more, until it is re-armed. */
    latched_since: Nullable(Instant),
  },
  { 'x-name': 'HeldPosition' },
);
export type HeldPositionWire = Static<typeof HeldPositionWire>;

/** Totals of one account in one mode; never summed across. Over open positions. */
export const PositionGroupWire = Type.Object(
  {
    account: AccountRefWire,
    open: Type.Integer(),
    market_value: DecimalText,
    unrealized_pnl: Nullable(DecimalText),
    realized_pnl: DecimalText,
    naked: DecimalText,
  },
  { 'x-name': 'PositionGroup' },
);
export type PositionGroupWire = Static<typeof PositionGroupWire>;

/** Shares in an account that no pipeline owns; never touched. */
export const ExternalHoldingWire = Type.Object(
  {
    account: AccountRefWire,
    symbol: Type.String(),
    side: PositionSide,
    quantity: DecimalText,
    average_entry: Nullable(DecimalText),
  },
  { 'x-name': 'ExternalHolding' },
);
export type ExternalHoldingWire = Static<typeof ExternalHoldingWire>;

export const PositionsWire = Type.Object(
  {
    items: Type.Array(HeldPositionWire),
    next_cursor: Nullable(Type.String()),
    groups: Type.Array(PositionGroupWire),
    external: Type.Array(ExternalHoldingWire),
    /** The number of the newest event of the user's stream that this answer knows of. */
    as_of_seq: Type.Integer(),
  },
  { 'x-name': 'Positions' },
);

export const StopMoveWire = Type.Object(
  { at: Instant, stop_price: DecimalText, order_id: Id, status: Type.String(), reason: Nullable(Type.String()) },
  { 'x-name': 'StopMove' },
);

export const PositionDetailWire = Type.Object(
  {
    ...HeldPositionWire.properties,
    orders: Type.Array(OrderDetailWire),
    /** Every stop that was planned for it, oldest first. */
    stop_moves: Type.Array(StopMoveWire),
    trade: Nullable(TradeWire),
    as_of_seq: Type.Integer(),
  },
  { 'x-name': 'PositionDetail' },
);
export type PositionDetailWire = Static<typeof PositionDetailWire>;

const Reason = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' });

export const CloseRequestWire = Type.Object({ reason: Reason }, { 'x-name': 'CloseRequest' });

export const CloseAllRequestWire = Type.Object(
  { confirm: Type.Literal('close all', { description: 'Typed by the user, letter for letter.' }), reason: Reason },
  { 'x-name': 'CloseAllRequest' },
);

/** Where a command is followed: `GET /positions/commands/{command_id}`. */
export const CommandAcceptedWire = Type.Object(
  { command_id: Id, positions: Type.Array(Id), text: Type.String() },
  { 'x-name': 'CommandAccepted' },
);
export type CommandAcceptedWire = Static<typeof CommandAcceptedWire>;

export const CloseOutcomeWire = Type.Object(
  {
    position_id: Id,
    symbol: Type.String(),
    side: PositionSide,
    account: AccountRefWire,
    outcome: Type.Enum(['working', 'closed', 'partly_closed', 'failed', 'nothing_to_close']),
    /** How far it has come while it works. */
    step: Type.Enum(['asked', 'canceling', 'closing', 'ended']),
    text: Type.String(),
    remaining: DecimalText,
    average_exit: Nullable(DecimalText),
    realized_pnl: DecimalText,
    /** Of the orders that close it. */
    fills: Type.Array(OrderFillWire),
  },
  { 'x-name': 'CloseOutcome' },
);
export type CloseOutcomeWire = Static<typeof CloseOutcomeWire>;

export const CloseCommandWire = Type.Object(
  {
    command_id: Id,
    kind: Type.Enum(['close', 'close_all']),
    reason: Type.String(),
    asked_at: Instant,
    is_done: Type.Boolean(),
    positions: Type.Array(CloseOutcomeWire),
  },
  { 'x-name': 'CloseCommand' },
);
export type CloseCommandWire = Static<typeof CloseCommandWire>;
