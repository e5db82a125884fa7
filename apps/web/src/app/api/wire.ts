/** The wire as the server speaks it: snake_case, decimals as strings, instants as RFC 3339 in UTC. Replaced by the types generated from the OpenAPI document. */

export type TradingMode = 'validation' | 'simulation' | 'paper' | 'live';
export type RunMode = 'run_once' | 'run_continuous' | 'run_scheduled' | 'run_on_signal';
export type PipelineState =
  | 'stopped'
  | 'armed'
  | 'running'
  | 'holding'
  | 'sleeping'
  | 'paused'
  | 'cooling'
  | 'halted'
  | 'completed';
export type ExecutionStatus = 'pending' | 'running' | 'waiting' | 'completed' | 'failed' | 'canceled';
export type ExecutionResult = 'traded' | 'blocked' | 'failed' | 'canceled';
export type AgentCategory = 'trigger' | 'data' | 'analysis' | 'risk' | 'execution' | 'reporting' | 'system';
export type SessionPhase = 'pre_market' | 'open' | 'closing_soon' | 'after_hours' | 'closed';
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

export interface WireProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly instance: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

export interface User {
  readonly id: string;
  readonly email: string;
  readonly display_name: string;
}

export interface ServerStatus {
  readonly mode_banner: { readonly mode: TradingMode; readonly text: string };
  readonly version: string;
  readonly demo: boolean;
}

export interface MarketSession {
  readonly phase: SessionPhase;
  readonly until: string | null;
  readonly next_open: string | null;
  readonly next_close: string | null;
  readonly half_day: boolean;
  readonly server_time: string;
  readonly exchange: string;
}

export interface AgentMetadata {
  readonly agent_type: string;
  readonly name: string;
  readonly description: string;
  readonly category: AgentCategory;
  readonly version: string | number;
  readonly icon: string;
  readonly pricing_rate: string;
  readonly is_free: boolean;
  readonly is_system_agent: boolean;
  readonly requires_timeframes: boolean;
  readonly reads: readonly string[];
  readonly reads_optionally: readonly string[];
  readonly reads_any_of: readonly string[];
  readonly writes: string | null;
  readonly config_schema: JsonObject;
}

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

export interface Pipeline {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly symbol: string | null;
  readonly symbols: readonly string[];
  readonly run_mode: RunMode;
  readonly trading_mode: TradingMode;
  readonly state: PipelineState;
  readonly state_text: string;
  readonly draft_version: number;
  readonly published_version: number | null;
  readonly has_unpublished_changes: boolean;
  readonly template_id: string | null;
  readonly open_execution_id: string | null;
  readonly last_execution: {
    readonly id: string;
    readonly status: ExecutionStatus;
    readonly result: ExecutionResult | null;
    readonly reason: string | null;
    readonly ended_at: string | null;
  } | null;
  readonly next_run_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly archived_at: string | null;
}

export interface PipelineDetail extends Pipeline {
  readonly config: PipelineDocument;
}

export interface PipelineVersion {
  readonly version: number;
  readonly content_hash: string;
  readonly published_at: string;
  readonly note: string | null;
}

export interface PipelineVersionDetail extends PipelineVersion {
  readonly document: PipelineDocument;
}

export interface Template {
  readonly template_id: string;
  readonly name: string;
  readonly description: string;
  readonly symbols: readonly string[];
  readonly tags: readonly string[];
  readonly free: boolean;
  readonly document: PipelineDocument;
  readonly tape_id: string | null;
}

export interface Tape {
  readonly tape_id: string;
  readonly title: string;
  readonly label: string;
  readonly synthetic: boolean;
  readonly symbols: readonly string[];
  readonly timeframe: string;
  readonly from: string;
  readonly to: string;
}

export interface Blocked {
  readonly rule: string;
  readonly value: string | number | null;
  readonly threshold: string | number | null;
  readonly distance: string | number | null;
  readonly text: string;
  readonly agent_id?: string | null;
}

export type StepStatus = 'waiting' | 'running' | 'done' | 'blocked' | 'failed' | 'skipped';
export type LaneStatus = 'running' | 'waiting' | 'traded' | 'blocked' | 'failed' | 'canceled';

export interface ExecutionLane {
  readonly symbol: string;
  readonly status: LaneStatus;
  readonly blocked: Blocked | null;
  readonly steps: readonly {
    readonly agent_id: string;
    readonly agent_type: string;
    readonly status: StepStatus;
    readonly summary: string | null;
    readonly at: string | null;
  }[];
}

export interface Execution {
  readonly id: string;
  readonly pipeline_id: string;
  readonly pipeline_name: string;
  readonly version: number;
  readonly status: ExecutionStatus;
  readonly result: ExecutionResult | null;
  readonly reason: string | null;
  readonly trading_mode: TradingMode;
  readonly run_mode: RunMode;
  readonly trigger: {
    readonly node_id: string | null;
    readonly kind: string;
    readonly at: string;
    readonly text: string;
  } | null;
  readonly source: {
    readonly kind: 'demo_tape' | 'live';
    readonly tape_id: string | null;
    readonly speed: number | null;
    readonly label: string;
    readonly synthetic: boolean;
  };
  readonly symbols: readonly string[];
  readonly started_at: string;
  readonly market_time: string | null;
  readonly ended_at: string | null;
  readonly total_cost: string;
  readonly report_id: string | null;
  readonly last_journal_seq: number;
  readonly lanes: readonly ExecutionLane[];
  readonly as_of_seq: number;
}

export interface Order {
  readonly order_id: string;
  readonly position_id: string | null;
  readonly purpose: string;
  readonly side: string;
  readonly type: string;
  readonly status: string;
  readonly quantity: string;
  readonly filled_quantity: string;
  readonly average_price: string | null;
  readonly limit_price: string | null;
  readonly stop_price: string | null;
  readonly commission: string | null;
  readonly reason: string | null;
}

export interface Position {
  readonly id: string;
  readonly pipeline_id: string;
  readonly execution_id: string | null;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly state: 'opening' | 'protecting' | 'open' | 'converting' | 'closing' | 'closed';
  readonly quantity: string;
  readonly intended_quantity: string;
  readonly average_entry: string | null;
  readonly initial_stop: string | null;
  readonly stop: string | null;
  readonly target_1: string | null;
  readonly target_2: string | null;
  readonly last_price: string | null;
  readonly unrealized_pnl: string | null;
  readonly realized_pnl: string | null;
  readonly opened_at: string | null;
  readonly closed_at: string | null;
  readonly trading_mode: TradingMode;
}

export interface Trade {
  readonly id: string;
  readonly position_id: string;
  readonly pipeline_id: string;
  readonly execution_id: string | null;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly quantity: string;
  readonly entry_time: string;
  readonly entry_price: string;
  readonly exit_time: string;
  readonly exit_price: string;
  readonly pnl: string;
  readonly fees: string;
  readonly slippage: string | null;
  readonly r_multiple: number | null;
  readonly close_reason: string;
  readonly trading_mode: TradingMode;
}

export interface BiasSignal {
  readonly bias: 'bullish' | 'bearish' | 'neutral';
  readonly bias_score: number;
  readonly confidence: number;
  readonly reasoning: string;
  readonly factors: readonly { readonly text: string; readonly contribution?: number | null }[];
  readonly analyst?: string;
  readonly timeframes?: readonly string[];
  readonly warnings?: readonly string[];
}

export interface StrategySignal {
  readonly action: 'buy' | 'sell' | 'hold';
  readonly intent: string;
  readonly conviction: number;
  readonly entry_price: string | number | null;
  readonly stop_loss: string | number | null;
  readonly target_1: string | number | null;
  readonly target_2: string | number | null;
  readonly risk_reward_ratio: number | null;
  readonly reasoning: string;
  readonly technical_factors: readonly { readonly text: string }[];
  readonly hold_reasons?: readonly string[];
  readonly warnings?: readonly string[];
}

export interface RiskDecision {
  readonly approved: boolean;
  readonly adjusted: boolean;
  readonly position_size: string;
  readonly account_risk_pct: number | null;
  readonly position_risk_amount: string | null;
  readonly notional?: string | null;
  readonly equity?: string | null;
  readonly adjustments_made: string | null;
  readonly reasoning: string;
  readonly binding_cap: string | null;
  readonly caps: readonly { readonly name: string; readonly quantity: string }[];
  readonly refusal?: Blocked | null;
}

export interface ReportRow {
  readonly id: string;
  readonly execution_id: string;
  readonly pipeline_id: string;
  readonly pipeline_name: string;
  readonly symbol: string | null;
  readonly title: string;
  readonly outcome: string;
  readonly trading_mode: TradingMode;
  readonly created_at: string;
}

export interface Fill {
  readonly time: string;
  readonly side: string;
  readonly quantity: string;
  readonly price: string;
  readonly commission: string | null;
  readonly reason: string | null;
}

export interface ReportLane {
  readonly symbol: string;
  readonly title: string;
  readonly outcome: string;
  readonly paragraphs: readonly string[];
  readonly bias: BiasSignal | null;
  readonly strategy: StrategySignal | null;
  readonly risk: RiskDecision | null;
  readonly blocked: Blocked | null;
  readonly orders: readonly Order[];
  readonly fills: readonly Fill[];
  readonly position: Position | null;
  readonly trade: Trade | null;
  readonly levels: {
    readonly entry: string | number | null;
    readonly stop: string | number | null;
    readonly initial_stop: string | number | null;
    readonly target_1: string | number | null;
    readonly target_2: string | number | null;
  } | null;
  readonly decided_at: string | null;
}

export interface Report extends ReportRow {
  readonly version: number;
  readonly source: { readonly label: string; readonly synthetic: boolean; readonly tape_id?: string | null };
  readonly lanes: readonly ReportLane[];
  readonly timeline: readonly {
    readonly timestamp: string;
    readonly event: string;
    readonly agent_id: string | null;
    readonly agent_type: string | null;
    readonly symbol: string | null;
    readonly text: string;
  }[];
}

export interface Bar {
  readonly time: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface Bars {
  readonly symbol: string;
  readonly timeframe: string;
  readonly source: { readonly label: string; readonly synthetic: boolean };
  readonly bars: readonly Bar[];
}
