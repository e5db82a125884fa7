/**
 * The wire by short names. All shapes are generated from the API's description; only the pipeline document, which the
 * description calls an object, is spelled out here (`pipeline-format.md`).
 */
import type { components } from './schema.generated.ts';

type Schemas = components['schemas'];

export type AccountRef = Schemas['AccountRef'];
export type AgentOutput = Schemas['AgentOutput'];
export type BiasSignal = Schemas['BiasSignal'];
export type CloseCommand = Schemas['CloseCommand'];
export type CloseOutcome = Schemas['CloseOutcome'];
export type Execution = Schemas['Execution'];
export type ExecutionResult = NonNullable<Execution['result']>;
export type ExecutionStatus = Execution['status'];
export type ExternalHolding = Schemas['ExternalHolding'];
export type Fill = Schemas['Fill'];
export type FillsCompared = Schemas['FillsCompared'];
export type HeldPosition = Schemas['HeldPosition'];
export type KillSwitch = Schemas['KillSwitch'];
export type KillSwitchState = Schemas['KillSwitchState'];
export type MarketSession = Schemas['MarketSession'];
export type Order = Schemas['Order'];
export type OrderRecord = Schemas['OrderRecord'];
export type Pipeline = Schemas['Pipeline'];
export type PipelineMode = Schemas['PipelineMode'];
export type Position = Schemas['Position'];
export type PositionDetail = Schemas['PositionDetail'];
export type PositionGroupTotals = Schemas['PositionGroup'];
export type Positions = Schemas['Positions'];
export type Protection = Schemas['Protection'];
export type Refusal = Schemas['Refusal'];
export type Report = Schemas['Report'];
export type ReportLane = Schemas['ReportLane'];
export type RiskDecision = Schemas['RiskDecision'];
export type RunMode = Pipeline['run_mode'];
export type StrategySignal = Schemas['StrategySignal'];
export type Timeframe = Schemas['Bars']['timeframe'];
export type Trade = Schemas['Trade'];
export type TradingMode = Pipeline['trading_mode'];
export type User = Schemas['User'];
export type WireProblem = Schemas['Problem'];

export type AgentMetadata = Omit<Schemas['AgentMetadata'], 'config_schema'> & { readonly config_schema: JsonObject };
export type PipelineDetail = Schemas['PipelineDetail'] & { readonly config: PipelineDocument };
export type PipelineVersionDetail = Schemas['PipelineVersion'] & { readonly document: PipelineDocument };
export type Template = Omit<Schemas['Template'], 'document'> & { readonly document: PipelineDocument };

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

export interface PipelineNode {
  readonly id: string;
  readonly agent_type: string;
  readonly agent_version?: number;
  readonly position?: { readonly x: number; readonly y: number };
  readonly config?: JsonObject;
}

export interface PipelineEdge {
  readonly from: string;
  readonly to: string;
}

export interface PipelineDocument {
  readonly schema_version?: number;
  readonly id?: string;
  readonly name: string;
  readonly description?: string;
  readonly symbol?: string;
  readonly primary_timeframe?: string;
  readonly nodes: readonly PipelineNode[];
  readonly edges: readonly PipelineEdge[];
  readonly settings?: { readonly max_retries?: number; readonly retry_delay?: number };
  readonly run_mode?: RunMode;
  readonly trading_mode?: TradingMode;
  readonly mode_config?: JsonObject;
}
