// Written by tools/generate-schema.ts from the migrated database; not edited by hand.
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

type Column<Read, Write> = ColumnType<Read, Write, Write>;
type Defaulted<Read, Write> = ColumnType<Read, Write | undefined, Write>;

export interface AppAuditLog {
  user_id: string;
  seq: Defaulted<string, string | number | bigint>;
  actor: string;
  action: string;
  subject_type: string;
  subject_id: string;
  details: Defaulted<unknown, string>;
  recorded_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  previous_hash: Buffer | null;
  hash: Generated<Buffer>;
}

export interface AppIdempotencyKeys {
  user_id: string;
  key: string;
  operation: string;
  request_hash: string;
  response_status: number | null;
  response_body: Defaulted<unknown, string | null>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  expires_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface AppMigrations {
  name: string;
  checksum: string;
  applied_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface AppPipelineVersions {
  pipeline_id: string;
  version: number;
  user_id: string;
  content_hash: string;
  document: Column<unknown, string>;
  published_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  note: string | null;
}

export interface AppPipelines {
  id: string;
  user_id: string;
  name: string;
  description: Generated<string>;
  config: Column<unknown, string>;
  draft_version: Generated<number>;
  published_version: number | null;
  state: Generated<string>;
  state_reason: string | null;
  state_until: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  run_mode: Generated<string>;
  trading_mode: Generated<string>;
  next_due_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  updated_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  archived_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  template_id: string | null;
  published_draft: number | null;
}

export interface AppReports {
  id: Generated<string>;
  user_id: string;
  pipeline_id: string;
  execution_id: string;
  body: Column<unknown, string>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface AppSessions {
  id: Generated<string>;
  user_id: string;
  token_hash: Buffer;
  user_agent: string | null;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  last_seen_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  expires_at: Column<Temporal.Instant, Temporal.Instant | string>;
  revoked_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  stepped_up_until: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
}

export interface AppUsers {
  id: string;
  email: string;
  password_hash: string;
  display: string;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  archived_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
}

export interface EngineAccountEvents {
  account_id: string;
  seq: Column<string, string | number | bigint>;
  user_id: string;
  pipeline_id: string;
  at: Column<Temporal.Instant, Temporal.Instant | string>;
  body: Column<unknown, string>;
}

export interface EngineAccountInbox {
  id: GeneratedAlways<string>;
  account_id: string;
  user_id: string;
  key: string;
  kind: string;
  body: Column<unknown, string>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  done_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  outcome: string | null;
  outcome_text: string | null;
}

export interface EngineAccountLimitChanges {
  id: GeneratedAlways<string>;
  user_id: string;
  account_id: string;
  old: Column<unknown, string>;
  new: Column<unknown, string>;
  effective_from: Column<Temporal.Instant, Temporal.Instant | string>;
  changed_by: string;
  reason: string;
  at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface EngineAccountSnapshots {
  account_id: string;
  at: Column<Temporal.Instant, Temporal.Instant | string>;
  user_id: string;
  equity: Column<string, string | number>;
  cash: Column<string, string | number>;
  buying_power: Column<string, string | number>;
}

export interface EngineAccounts {
  id: string;
  user_id: string;
  pipeline_id: string | null;
  kind: string;
  trading_mode: string;
  currency: Generated<string>;
  initial_balance: Column<string, string | number>;
  cash: Column<string, string | number>;
  reserved: Defaulted<string, string | number>;
  state: Defaulted<unknown, string>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  updated_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  label: string | null;
  broker: string | null;
  broker_account_id: string | null;
  connection: Defaulted<unknown, string | null>;
  fence: Defaulted<string, string | number | bigint>;
  lease_holder: string | null;
  lease_expires_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  busy: Generated<boolean>;
  gate_open: Generated<boolean>;
  memory: Defaulted<unknown, string | null>;
  snapshot: Defaulted<unknown, string | null>;
  external: Defaulted<unknown, string>;
  event_seq: Defaulted<string, string | number | bigint>;
  limits: Defaulted<unknown, string>;
}

export interface EngineAlerts {
  id: Generated<string>;
  user_id: string;
  account_id: string;
  level: string;
  code: string;
  symbol: string | null;
  position_id: string | null;
  pipeline_id: string | null;
  text: string;
  at: Column<Temporal.Instant, Temporal.Instant | string>;
}

export interface EngineArmedTriggers {
  id: GeneratedAlways<string>;
  user_id: string;
  session_id: string;
  pipeline_id: string;
  arming: Column<string, string | number | bigint>;
  node_id: string;
  kind: string;
  symbol: string | null;
  watch: Column<unknown, string>;
  memory: Defaulted<unknown, string>;
  armed_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface EngineCapabilityResults {
  id: Generated<string>;
  user_id: string;
  account_id: string;
  at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  flags: Column<unknown, string>;
  evidence: Column<unknown, string>;
}

export interface EngineContents {
  user_id: string;
  hash: string;
  body: Column<unknown, string>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface EngineCostEntries {
  id: GeneratedAlways<string>;
  user_id: string;
  pipeline_id: string;
  execution_id: string;
  journal_seq: number | null;
  node_id: string | null;
  agent_type: string | null;
  cost_type: string;
  micros: Column<string, string | number | bigint>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface EngineEvents {
  user_id: string;
  seq: Column<string, string | number | bigint>;
  pipeline_id: string | null;
  execution_id: string | null;
  journal_seq: number | null;
  body: Column<unknown, string>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface EngineExecutions {
  id: string;
  user_id: string;
  pipeline_id: string;
  version: number;
  status: Generated<string>;
  trading_mode: string;
  run_mode: string;
  trigger: Column<unknown, string>;
  trigger_key: string;
  source: Column<unknown, string>;
  attempt: Generated<number>;
  last_seq: Generated<number>;
  result: string | null;
  result_reason: string | null;
  total_cost: Defaulted<string, string | number>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  started_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  ended_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  session_id: string | null;
  market_time: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
}

export interface EngineFills {
  id: Generated<string>;
  user_id: string;
  account_id: string;
  order_id: string;
  broker_fill_id: string;
  price: Column<string, string | number>;
  quantity: Column<string, string | number>;
  amount: Column<string, string | number>;
  fee: Defaulted<string, string | number>;
  slippage: Defaulted<string, string | number>;
  filled_at: Column<Temporal.Instant, Temporal.Instant | string>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface EngineInbox {
  id: GeneratedAlways<string>;
  user_id: string;
  execution_id: string;
  fact: Column<unknown, string>;
  fact_key: string | null;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  consumed_by: number | null;
}

export interface EngineInterventionOutcomes {
  intervention_id: string;
  position_id: string;
  user_id: string;
  outcome: string;
  text: Generated<string>;
  at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface EngineJournal {
  execution_id: string;
  journal_seq: number;
  user_id: string;
  event: string;
  at: Column<Temporal.Instant, Temporal.Instant | string>;
  recorded_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  body: Column<unknown, string>;
}

export interface EngineKillSwitches {
  id: Generated<string>;
  user_id: string | null;
  scope: string;
  scope_id: string | null;
  flatten: Generated<boolean>;
  reason: string;
  engaged_by: string;
  engaged_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  released_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  released_by: string | null;
  release_reason: string | null;
  account_id: Generated<string | null>;
  pipeline_id: Generated<string | null>;
}

export interface EngineManualInterventions {
  id: Generated<string>;
  user_id: string;
  account_id: string | null;
  kind: string;
  target: string;
  reason: string;
  idempotency_key: string | null;
  body: Defaulted<unknown, string>;
  at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface EngineModeChanges {
  id: Generated<string>;
  user_id: string;
  pipeline_id: string;
  old_mode: string;
  new_mode: string;
  reason: string;
  changed_by: string;
  at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface EngineOrders {
  id: Generated<string>;
  user_id: string;
  account_id: string;
  pipeline_id: string;
  execution_id: string;
  position_id: string;
  client_order_id: string;
  broker_order_id: string | null;
  group_id: string | null;
  purpose: string;
  leg: string;
  seq: number;
  symbol: string;
  side: string;
  order_type: string;
  time_in_force: string;
  quantity: Column<string, string | number>;
  limit_price: Defaulted<string | null, string | number | null>;
  stop_price: Defaulted<string | null, string | number | null>;
  request: Column<unknown, string>;
  request_hash: string;
  trading_mode: string;
  not_before: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  state: Generated<string>;
  state_reason: string | null;
  filled_quantity: Defaulted<string, string | number>;
  filled_amount: Defaulted<string, string | number>;
  submitted_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  ended_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  updated_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  approved_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
}

export interface EnginePipelineDailyStats {
  pipeline_id: string;
  exchange_day: string;
  trading_mode: string;
  user_id: string;
  executions: Generated<number>;
  trades: Generated<number>;
  realized_pnl: Defaulted<string, string | number>;
  updated_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface EnginePositions {
  id: string;
  user_id: string;
  account_id: string;
  pipeline_id: string;
  execution_id: string;
  trading_mode: string;
  symbol: string;
  side: string;
  state: string;
  quantity: Defaulted<string, string | number>;
  entry_price: Defaulted<string | null, string | number | null>;
  entry_avg: Defaulted<string | null, string | number | null>;
  initial_stop: Defaulted<string | null, string | number | null>;
  stop: Defaulted<string | null, string | number | null>;
  target_1: Defaulted<string | null, string | number | null>;
  target_2: Defaulted<string | null, string | number | null>;
  shared: Generated<boolean>;
  flags: Defaulted<unknown, string>;
  naked_share_seconds: Defaulted<string, string | number>;
  opened_at: Column<Temporal.Instant, Temporal.Instant | string>;
  closed_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  updated_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  intended_quantity: Defaulted<string, string | number>;
  realized_pnl: Defaulted<string, string | number>;
  fees: Defaulted<string, string | number>;
  last_price: Defaulted<string | null, string | number | null>;
  memory: Defaulted<unknown, string | null>;
  last_price_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
}

export interface EngineReconciliationRuns {
  id: Generated<string>;
  user_id: string;
  account_id: string;
  at: Column<Temporal.Instant, Temporal.Instant | string>;
  cause: string;
  found: Defaulted<unknown, string>;
  clean: boolean;
}

export interface EngineReservations {
  order_id: string;
  user_id: string;
  account_id: string;
  amount: Column<string, string | number>;
  state: Generated<string>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  updated_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface EngineSafetyStates {
  id: Generated<string>;
  user_id: string;
  account_id: string;
  scope: string;
  pipeline_id: string | null;
  state: string;
  cause: string;
  text: string;
  engaged_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  ended_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  end_reason: string | null;
}

export interface EngineScheduleTicks {
  pipeline_id: string;
  scheduled_for: Column<Temporal.Instant, Temporal.Instant | string>;
  user_id: string;
  version: number;
  outcome: Generated<string>;
  reason: string | null;
  execution_id: string | null;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface EngineSessionRequests {
  id: GeneratedAlways<string>;
  session_id: string;
  user_id: string;
  key: string;
  kind: string;
  body: Column<unknown, string>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  done_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  outcome: string | null;
  outcome_text: string | null;
}

export interface EngineSessions {
  id: string;
  user_id: string;
  pipeline_id: string;
  version: number;
  purpose: string;
  run_execution_id: string | null;
  source: Column<unknown, string>;
  status: Generated<string>;
  run_state: Generated<string>;
  market_time: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  position: Defaulted<unknown, string | null>;
  state: Defaulted<unknown, string | null>;
  stop_requested_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  end_reason: string | null;
  failures: Generated<number>;
  retry_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  fence: Defaulted<string, string | number | bigint>;
  lease_holder: string | null;
  lease_expires_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  updated_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  ended_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  wakes_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  symbols: Defaulted<unknown, string>;
}

export interface EngineSymbolLatches {
  id: Generated<string>;
  user_id: string;
  pipeline_id: string;
  symbol: string;
  engaged_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  reason: string;
  released_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
}

export interface EngineTrades {
  id: Generated<string>;
  user_id: string;
  account_id: string;
  pipeline_id: string;
  execution_id: string;
  position_id: string;
  trading_mode: string;
  symbol: string;
  side: string;
  quantity: Column<string, string | number>;
  entry_avg: Defaulted<string | null, string | number | null>;
  exit_avg: Defaulted<string | null, string | number | null>;
  realized_pnl: Column<string, string | number>;
  fees: Defaulted<string, string | number>;
  slippage: Defaulted<string, string | number>;
  r_multiple: Defaulted<string | null, string | number | null>;
  close_reason: string;
  entry_at: Column<Temporal.Instant, Temporal.Instant | string>;
  exit_at: Column<Temporal.Instant, Temporal.Instant | string>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
}

export interface EngineTriggerSignals {
  id: GeneratedAlways<string>;
  user_id: string;
  session_id: string;
  key: string;
  node_id: string;
  kind: string;
  symbol: string | null;
  at: Column<Temporal.Instant, Temporal.Instant | string>;
  text: string;
  body: Defaulted<unknown, string | null>;
  created_at: Defaulted<Temporal.Instant, Temporal.Instant | string>;
  done_at: Defaulted<Temporal.Instant | null, Temporal.Instant | string | null>;
  outcome: string | null;
}

export interface EngineUserEventCounters {
  user_id: string;
  last_seq: Defaulted<string, string | number | bigint>;
}

/** Every table, by its qualified name. `jsonb` is written as text: the driver would take an array for a PostgreSQL array. */
export interface Schema {
  'app.audit_log': AppAuditLog;
  'app.idempotency_keys': AppIdempotencyKeys;
  'app.migrations': AppMigrations;
  'app.pipeline_versions': AppPipelineVersions;
  'app.pipelines': AppPipelines;
  'app.reports': AppReports;
  'app.sessions': AppSessions;
  'app.users': AppUsers;
  'engine.account_events': EngineAccountEvents;
  'engine.account_inbox': EngineAccountInbox;
  'engine.account_limit_changes': EngineAccountLimitChanges;
  'engine.account_snapshots': EngineAccountSnapshots;
  'engine.accounts': EngineAccounts;
  'engine.alerts': EngineAlerts;
  'engine.armed_triggers': EngineArmedTriggers;
  'engine.capability_results': EngineCapabilityResults;
  'engine.contents': EngineContents;
  'engine.cost_entries': EngineCostEntries;
  'engine.events': EngineEvents;
  'engine.executions': EngineExecutions;
  'engine.fills': EngineFills;
  'engine.inbox': EngineInbox;
  'engine.intervention_outcomes': EngineInterventionOutcomes;
  'engine.journal': EngineJournal;
  'engine.kill_switches': EngineKillSwitches;
  'engine.manual_interventions': EngineManualInterventions;
  'engine.mode_changes': EngineModeChanges;
  'engine.orders': EngineOrders;
  'engine.pipeline_daily_stats': EnginePipelineDailyStats;
  'engine.positions': EnginePositions;
  'engine.reconciliation_runs': EngineReconciliationRuns;
  'engine.reservations': EngineReservations;
  'engine.safety_states': EngineSafetyStates;
  'engine.schedule_ticks': EngineScheduleTicks;
  'engine.session_requests': EngineSessionRequests;
  'engine.sessions': EngineSessions;
  'engine.symbol_latches': EngineSymbolLatches;
  'engine.trades': EngineTrades;
  'engine.trigger_signals': EngineTriggerSignals;
  'engine.user_event_counters': EngineUserEventCounters;
}
