import type {
  Bar,
  EpochMs,
  Fill,
  Money,
  OrderRequest,
  OrderType,
  Price,
  Quantity,
  Ratio,
  Side,
  TimeInForce,
} from '@bellwether/domain';

/** Commission per order, on its cumulative fill: max(minimum, min(quantity × perShare, maximumFraction × notional)). */
export interface CommissionSchedule {
  /** USD per share, in 10⁻¹². */
  readonly perShare: Ratio;
  readonly minimum: Money;
  /** Largest part of the notional, 0–1 in 10⁻¹²; `null` for no cap. */
  readonly maximumFraction: Ratio | null;
}

export interface ExchangeSettings {
  readonly initialCash: Money;
  /** 0.001 is 0.1 %; from 0 to below 1. */
  readonly slippageFraction: number;
  readonly commission: CommissionSchedule;
  /** 2 lets positions reach twice the equity; 1 is a cash account. */
  readonly marginMultiplier: number;
  readonly simulatePartialFills: boolean;
  readonly simulateRejections: boolean;
  readonly seed: number;
  /** Whether a resting limit needs a trade beyond its price, or at it. */
  readonly limitFill: 'through' | 'touch';
  /** What a bar that holds both stop and target did first: the stop, or the target. */
  readonly intrabar: 'pessimistic' | 'optimistic';
  /** Largest part of a bar's volume that our fills may be; `null` for no cap. */
  readonly volumeShare: number | null;
  /** Whether a margin call closes every position at the next open. */
  readonly forceLiquidation: boolean;
  /** Profile `ideal`: legs arm with the first fill of their entry. Absent, as at Alpaca: with the last. */
  readonly stopFromFirstFill?: boolean;
  /** The part of an order's first fill, above 0 and below 1, or `null` for the whole; replaces the chance of `simulatePartialFills`. */
  readonly firstPart?: (order: ExchangeOrder) => number | null;
  /** Asked when an exit has filled: `true` lets the other exits of its group fill as well, beyond what is held. */
  readonly bothLegsFill?: (order: ExchangeOrder) => boolean;
}

/** An order as the exchange takes it: a stop may have a limit, which it becomes once it is hit. */
export type ExchangeRequest = Omit<OrderRequest, 'stopLoss'> & {
  readonly stopLoss: (NonNullable<OrderRequest['stopLoss']> & { readonly limitPrice?: Price }) | null;
};

/** What a replacement changes; the rest stays as it was. */
export interface OrderChanges {
  readonly quantity?: Quantity;
  readonly limitPrice?: Price;
  readonly stopPrice?: Price;
}

export type ExchangeOrderStatus =
  | 'held'
  | 'working'
  | 'partially_filled'
  | 'filled'
  | 'canceled'
  | 'expired'
  | 'rejected'
  | 'replaced';

/** `entry` opens or adds; `exit` is a close, a lone stop or the target of an OCO; legs arm with their entry. */
export type ExchangeOrderRole = 'entry' | 'exit' | 'target_leg' | 'stop_leg';

/** An order as the exchange holds it; a snapshot in events. */
export interface ExchangeOrder {
  readonly clientOrderId: string;
  /** The id under which the group was sent: its parent's. */
  readonly groupId: string;
  readonly role: ExchangeOrderRole;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: Quantity;
  readonly filledQuantity: Quantity;
  /** Σ price × quantity of the fills, exact, in 10⁻¹⁸ USD. */
  readonly filledExact: bigint;
  readonly fillCount: number;
  readonly commission: Money;
  readonly limitPrice: Price | null;
  readonly stopPrice: Price | null;
  readonly timeInForce: TimeInForce;
  readonly status: ExchangeOrderStatus;
  /** A stop that was hit but not completely filled: the rest goes at the next open. */
  readonly triggered: boolean;
  readonly submittedAt: EpochMs;
  /** Since when it can fill: bars that began earlier do not touch it. */
  readonly workingSince: EpochMs;
  readonly replacedBy: string | null;
}

export type RefusalCode =
  | 'duplicate_client_order_id'
  | 'bad_order'
  | 'insufficient_quantity'
  | 'opposite_position'
  | 'margin_call'
  | 'simulated_rejection'
  | 'not_replaceable';

export type ExchangeEventKind =
  | 'accepted'
  | 'rejected'
  | 'partially_filled'
  | 'filled'
  | 'canceled'
  | 'expired'
  | 'replaced';

export interface ExchangeEvent {
  readonly kind: ExchangeEventKind;
  /** Fills at an open carry the bar's start; what happened inside a bar carries its end. */
  readonly at: EpochMs;
  readonly clientOrderId: string;
  /** The order after the event. */
  readonly order: ExchangeOrder;
  readonly fill?: Fill;
  readonly code?: RefusalCode;
  readonly text?: string;
}

/** What the account holds of one symbol, netted; negative when short. */
export interface ExchangePosition {
  readonly symbol: string;
  readonly quantity: Quantity;
  /** Σ price × quantity ÷ Σ quantity of the shares held; 0 when flat. */
  readonly averageEntry: Price;
}

/** The price of every held symbol; a `Map<string, Price>` is one. */
export interface Marks {
  get(symbol: string): Price | undefined;
}

/** The face of the simulated exchange: bars → fills. */
export interface Exchange {
  submit(request: ExchangeRequest, at: EpochMs): readonly ExchangeEvent[];
  cancel(clientOrderId: string, at: EpochMs): readonly ExchangeEvent[];
  replaceStop(clientOrderId: string, newStop: Price, as: string, at: EpochMs): readonly ExchangeEvent[];
  hasWork(symbol: string): boolean;
  /** `volume` is that of the bar that begins; needed only with `volumeShare`. */
  onOpen(symbol: string, at: EpochMs, open: number, volume?: number): readonly ExchangeEvent[];
  onBar(symbol: string, bar: Bar): readonly ExchangeEvent[];
  onSessionEnd(symbol: string, at: EpochMs): readonly ExchangeEvent[];
  readonly cash: Money;
  readonly commissionSoFar: Money;
  position(symbol: string): ExchangePosition;
  equity(marks: Marks): Money;
  buyingPower(marks: Marks): Money;
}
