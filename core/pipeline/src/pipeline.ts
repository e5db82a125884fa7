/**
 * The pipeline document: what the builder saves, the API stores and the command line reads.
 * wire (snake_case, this schema) ── pipeline.wire.ts ──▶ Pipeline (camelCase, every default filled in)
 */
import {
  RUN_MODES,
  type RunMode,
  TIMEFRAMES,
  type Timeframe,
  TRADING_MODES,
  type TradingMode,
} from '@bellwether/domain';
import { type Static, type TSchema, Type } from 'typebox';
import { type ScheduleConfig, ScheduleConfigDocument } from './schedule-config.schema.ts';

/** The newest `schema_version`; older documents are migrated forward on load. */
export const PIPELINE_SCHEMA_VERSION = 1;

const nullable = <T extends TSchema>(type: T) => Type.Optional(Type.Union([type, Type.Null()]));
/** Money is a decimal string; JSON numbers are accepted, as the seed's documents have them. */
const money = () =>
  Type.Union([Type.Number({ minimum: 0 }), Type.String({ pattern: '^[0-9]{1,15}(\\.[0-9]{1,6})?$' })], {
    description: 'USD, as a decimal string or a number',
  });
const closed = { additionalProperties: false };

export const CommissionDocument = Type.Object(
  {
    per_share: Type.Optional(money()),
    minimum: Type.Optional(money()),
    maximum_fraction: nullable(Type.Number({ minimum: 0, maximum: 1 })),
  },
  closed,
);

export const ModeConfigDocument = Type.Object(
  {
    slippage_pct: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'Percent against us.' })),
    commission: nullable(CommissionDocument),
    simulate_partial_fills: Type.Optional(Type.Boolean()),
    simulate_rejections: Type.Optional(Type.Boolean()),
    seed: Type.Optional(Type.Integer({ minimum: 0 })),
    initial_balance: Type.Optional(money()),
    profile: Type.Optional(Type.Enum(['alpaca', 'ideal'])),
    margin_multiplier: Type.Optional(Type.Number({ minimum: 1, maximum: 4 })),
    limit_fill: Type.Optional(Type.Enum(['through', 'touch'])),
    intrabar: Type.Optional(Type.Enum(['pessimistic', 'optimistic'])),
    volume_share: nullable(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
    force_liquidation: Type.Optional(Type.Boolean()),
  },
  closed,
);

export const BudgetAllocationDocument = Type.Object(
  {
    daily_limit: nullable(money()),
    monthly_limit: nullable(money()),
    when_exhausted: Type.Optional(Type.Enum(['stop_entries', 'use_rules'])),
    flatten_when_exhausted: Type.Optional(Type.Boolean()),
  },
  closed,
);

const NodeId = Type.String({ minLength: 1, maxLength: 100 });

export const PipelineNodeDocument = Type.Object({
  id: NodeId,
  agent_type: Type.String({ minLength: 1, maxLength: 100 }),
  agent_version: nullable(Type.Integer({ minimum: 1 })),
  position: nullable(Type.Object({ x: Type.Number(), y: Type.Number() })),
  config: nullable(Type.Record(Type.String(), Type.Unknown())),
});

export const PipelineEdgeDocument = Type.Object({ from: NodeId, to: NodeId });

/** The document on the wire. A field left out or null takes the default that `pipelineFromWire` names. */
export const PipelineDocument = Type.Object({
  schema_version: Type.Optional(Type.Integer({ minimum: 1 })),
  id: nullable(Type.String({ maxLength: 255 })),
  name: Type.String({ minLength: 1, maxLength: 255 }),
  description: nullable(Type.String({ maxLength: 20_000 })),
  symbol: nullable(Type.String({ minLength: 1, maxLength: 32, pattern: '^\\S+$' })),
  primary_timeframe: nullable(Type.Enum([...TIMEFRAMES])),
  nodes: Type.Array(PipelineNodeDocument, { maxItems: 200 }),
  edges: Type.Optional(Type.Array(PipelineEdgeDocument, { maxItems: 1000 })),
  settings: nullable(
    Type.Object(
      {
        max_retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 20 })),
        retry_delay: Type.Optional(Type.Number({ minimum: 0, maximum: 86_400, description: 'Seconds.' })),
      },
      closed,
    ),
  ),
  run_mode: nullable(Type.Enum([...RUN_MODES])),
  schedule_config: nullable(ScheduleConfigDocument),
  trading_mode: nullable(Type.Enum([...TRADING_MODES])),
  mode_config: nullable(ModeConfigDocument),
  broker_connection_id: nullable(Type.String({ minLength: 1, maxLength: 255 })),
  budget_allocation: nullable(BudgetAllocationDocument),
});
export type PipelineDocument = Static<typeof PipelineDocument>;

export interface PipelineNode {
  readonly id: string;
  readonly agentType: string;
  /** Null is the newest version. */
  readonly agentVersion: number | null;
  readonly position: { readonly x: number; readonly y: number };
  /** As the user wrote it, in the agent's wire spelling. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface PipelineEdge {
  readonly from: string;
  readonly to: string;
}

export interface CommissionSettings {
  /** USD, as the kernel's commission formula reads them. */
  readonly perShare: number;
  readonly minimum: number;
  readonly maximumFraction: number | null;
}

/** How a simulated account behaves (trading-rules §11). */
export interface ModeConfig {
  /** Percent against us on market and stop fills. */
  readonly slippagePct: number;
  readonly commission: CommissionSettings;
  readonly simulatePartialFills: boolean;
  readonly simulateRejections: boolean;
  readonly seed: number;
  /** USD, exact decimal string. */
  readonly initialBalance: string;
  readonly profile: 'alpaca' | 'ideal';
  /** Buying power over equity; 1 is a cash account. */
  readonly marginMultiplier: number;
  readonly limitFill: 'through' | 'touch';
  readonly intrabar: 'pessimistic' | 'optimistic';
  /** Largest part of a bar's volume that one fill may take; null is all of it. */
  readonly volumeShare: number | null;
  readonly forceLiquidation: boolean;
}

export interface BudgetAllocation {
  /** USD, exact decimal strings; null is no limit, "0" allows nothing. */
  readonly dailyLimit: string | null;
  readonly monthlyLimit: string | null;
  readonly whenExhausted: 'stop_entries' | 'use_rules';
  readonly flattenWhenExhausted: boolean;
}

/** A pipeline document, read: every default filled in, money as exact decimal strings. */
export interface Pipeline {
  readonly schemaVersion: number;
  readonly id: string | null;
  readonly name: string;
  readonly description: string;
  readonly symbol: string | null;
  readonly primaryTimeframe: Timeframe;
  readonly nodes: readonly PipelineNode[];
  readonly edges: readonly PipelineEdge[];
  readonly settings: { readonly maxRetries: number; readonly retryDelayMs: number };
  readonly runMode: RunMode;
  readonly schedule: ScheduleConfig | null;
  readonly tradingMode: TradingMode;
  readonly mode: ModeConfig;
  readonly brokerConnectionId: string | null;
  readonly budget: BudgetAllocation;
}
