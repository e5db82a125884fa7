import Type, { type Static } from 'typebox';
import { AccountRefWire } from './accounts.schema.ts';
import { Id, Instant, MapOf, Nullable, OpenObject, PageOf } from './wire-value.schema.ts';

const limit = (description: string) => Type.Optional(Nullable(Type.Number({ description })));

/** Limits of a broker account. Null is no limit, 0 allows nothing. Money in USD, fractions of equity. */
export const LimitsChangeWire = Type.Object(
  {
    min_price: limit('USD per share.'),
    min_stop_distance_fraction: limit('Of the price.'),
    max_stop_distance_fraction: limit('Of the price.'),
    max_quote_age_seconds: limit('Of the quote at the moment of sending.'),
    max_signal_age_seconds: limit('Of the decision.'),
    max_price_age_seconds: limit('Of the price it was last checked against.'),
    max_entry_drift_r: limit('Multiples of the risk per share.'),
    collar_fraction: limit('Of the middle of the market.'),
    max_spread_fraction: limit('Of the middle of the market.'),
    duplicate_signal_seconds: limit('Between two entries of a pipeline in one symbol on one side.'),
    entries_per_pipeline_hour: limit('Entries.'),
    orders_per_minute: limit('Orders.'),
    orders_per_day: limit('Orders.'),
    max_open_positions: limit('Positions.'),
    max_symbol_exposure_fraction: limit('Of equity; own, external and pending.'),
    gross_exposure_fraction: limit('Of equity.'),
    open_risk_fraction: limit('Of equity.'),
    order_notional: limit('USD.'),
    average_volume_fraction: limit('Of the average volume of 20 days.'),
    max_daily_loss_fraction: limit('Of equity at the previous close.'),
    max_drawdown_fraction: limit('From the highest equity.'),
    on_daily_loss: Type.Optional(Type.Enum(['reduce', 'flatten'])),
    max_day_trades: limit('In five exchange days.'),
    slippage_allowance: Type.Optional(Type.Number({ description: 'USD per share added to the risk that sizes.' })),
    symbol_sharing: Type.Optional(Type.Enum(['exclusive', 'shared'])),
  },
  { 'x-name': 'LimitsChange', additionalProperties: false },
);
export type LimitsChangeWire = Static<typeof LimitsChangeWire>;

/** By the names of `LimitsChange`, every one of them. */
const LimitValues = MapOf(Type.Union([Type.Number(), Type.String(), Type.Null()]));

export const AccountLimitsWire = Type.Object(
  {
    account: AccountRefWire,
    limits: LimitValues,
    defaults: LimitValues,
    /** Raises that wait for the next session. */
    waiting: Type.Array(Type.Object({ limits: LimitValues, effective_from: Instant })),
  },
  { 'x-name': 'AccountLimits' },
);
export type AccountLimitsWire = Static<typeof AccountLimitsWire>;

export const SafetyLimitsWire = Type.Object({ items: Type.Array(AccountLimitsWire) }, { 'x-name': 'SafetyLimits' });

export const LimitsRequestWire = Type.Object(
  {
    account_id: Type.String({ format: 'uuid' }),
    limits: LimitsChangeWire,
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  },
  { 'x-name': 'LimitsRequest' },
);

const SwitchScope = Type.Enum(['user', 'account', 'pipeline']);

/** What is left to do for a switch, and what goes on whatever it says. */
export const StopProgressWire = Type.Object(
  {
    /** Entries that could still have bought when it was engaged, and how many of them cannot any more. */
    entries_total: Type.Integer(),
    entries_canceled: Type.Integer(),
    positions_open: Type.Integer(),
    positions_closing: Type.Integer(),
    /** Stops and targets that stay at the broker. */
    protective_orders: Type.Integer(),
  },
  { 'x-name': 'StopProgress' },
);
export type StopProgressWire = Static<typeof StopProgressWire>;

export const KillSwitchWire = Type.Object(
  {
    id: Id,
    scope: Type.Enum(['platform', 'user', 'account', 'pipeline']),
    scope_id: Nullable(Id),
    scope_name: Type.String({ examples: ['Everything', 'Alpaca paper'] }),
    flatten: Type.Boolean(),
    reason: Type.String(),
    engaged_by: Type.String(),
    engaged_at: Instant,
    released_at: Nullable(Instant),
    progress: StopProgressWire,
  },
  { 'x-name': 'KillSwitch' },
);
export type KillSwitchWire = Static<typeof KillSwitchWire>;

export const ObstacleWire = Type.Object(
  {
    scope: Type.Enum(['platform', 'account', 'pipeline', 'symbol']),
    pipeline_id: Nullable(Id),
    symbol: Nullable(Type.String()),
    state: Type.Enum(['reducing', 'halted']),
    cause: Type.String({ examples: ['kill_switch', 'daily_loss', 'symbol_latched'] }),
    text: Type.String(),
    flatten: Type.Boolean(),
    since: Instant,
  },
  { 'x-name': 'Obstacle' },
);
export type ObstacleWire = Static<typeof ObstacleWire>;

export const AccountStandingWire = Type.Object(
  {
    account: AccountRefWire,
    /** The strictest state of the account itself; a pipeline on it may stand worse. */
    state: Type.Enum(['active', 'reducing', 'halted']),
    /** A full reconciliation has ended clean since the account was taken up; true for a simulated one. */
    gate_open: Type.Boolean(),
    reconciled_at: Nullable(Instant),
    is_clean: Nullable(Type.Boolean()),
    obstacles: Type.Array(ObstacleWire),
  },
  { 'x-name': 'AccountStanding' },
);
export type AccountStandingWire = Static<typeof AccountStandingWire>;

export const KillSwitchStateWire = Type.Object(
  {
    /** True when something stops every entry of the user. */
    is_engaged: Type.Boolean(),
    engaged: Type.Array(KillSwitchWire),
    /** Broker accounts, and simulated ones against which something stands. */
    accounts: Type.Array(AccountStandingWire),
    /** What a switch over everything would have to do now. */
    work: StopProgressWire,
    as_of_seq: Type.Integer(),
  },
  { 'x-name': 'KillSwitchState' },
);
export type KillSwitchStateWire = Static<typeof KillSwitchStateWire>;

export const EngageWire = Type.Object(
  {
    scope: SwitchScope,
    scope_id: Type.Optional(
      Type.String({ format: 'uuid', description: 'The account or pipeline; left out for scope user.' }),
    ),
    flatten: Type.Optional(Type.Boolean({ description: 'Also close every position in the scope.' })),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  },
  { 'x-name': 'Engage' },
);

export const ReleaseWire = Type.Object(
  {
    scope: SwitchScope,
    scope_id: Type.Optional(Type.String({ format: 'uuid' })),
    reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }),
  },
  { 'x-name': 'Release' },
);

export const ReleasePipelineWire = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  { 'x-name': 'ReleasePipeline' },
);
export const RearmWire = Type.Object({ symbol: Type.String({ minLength: 1, maxLength: 32 }) }, { 'x-name': 'Rearm' });

export const InterventionWire = Type.Object(
  {
    id: Id,
    kind: Type.String({ examples: ['close', 'close_all', 'kill_switch', 'kill_switch_release', 'release', 'rearm'] }),
    target: Type.String(),
    account_id: Nullable(Id),
    reason: Type.String(),
    at: Instant,
    outcomes: Type.Array(Type.Object({ position_id: Id, outcome: Type.String(), text: Type.String(), at: Instant })),
  },
  { 'x-name': 'Intervention' },
);
export type InterventionWire = Static<typeof InterventionWire>;
export const InterventionPage = PageOf(InterventionWire);

export const AlertWire = Type.Object(
  {
    id: Id,
    /** `page`: somebody has to look now; `alarm`: soon; `notice`: for the record. */
    level: Type.Enum(['notice', 'alarm', 'page']),
    code: Type.String({ examples: ['naked', 'not_flat', 'account_unattended'] }),
    text: Type.String(),
    account_id: Id,
    symbol: Nullable(Type.String()),
    position_id: Nullable(Id),
    pipeline_id: Nullable(Id),
    at: Instant,
  },
  { 'x-name': 'Alert' },
);
export type AlertWire = Static<typeof AlertWire>;
export const AlertPage = PageOf(AlertWire);

export const AuditEntryWire = Type.Object(
  {
    seq: Type.Integer(),
    actor: Type.String(),
    action: Type.String(),
    subject_type: Type.String(),
    subject_id: Type.String(),
    details: OpenObject,
    recorded_at: Instant,
    hash: Type.String(),
  },
  { 'x-name': 'AuditEntry' },
);
export type AuditEntryWire = Static<typeof AuditEntryWire>;

export const AuditPage = Type.Object(
  {
    items: Type.Array(AuditEntryWire),
    next_cursor: Nullable(Type.String()),
    /** Of the whole log: each entry's hash covers the one before it. */
    chain: Type.Object({
      is_whole: Type.Boolean(),
      entries: Type.Integer(),
      breaks: Type.Array(Type.Object({ seq: Type.Integer(), fault: Type.String() })),
    }),
  },
  { 'x-name': 'AuditPage' },
);
