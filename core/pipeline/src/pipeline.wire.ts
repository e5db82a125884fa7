import { formatMoneyExact, moneyFromNumber, parseMoney } from '@bellwether/domain';
import {
  type ModeConfig,
  PIPELINE_SCHEMA_VERSION,
  type Pipeline,
  type PipelineDocument,
  type PipelineNode,
} from './pipeline.ts';
import type { Problem } from './problem.ts';
import type { ScheduleConfig, ScheduleConfigDocument } from './schedule-config.schema.ts';

/** Money in the one spelling that all documents share, so that equal amounts are equal text. */
function moneyText(value: string | number): string {
  return formatMoneyExact(typeof value === 'number' ? moneyFromNumber(value) : parseMoney(value));
}
const moneyOrNull = (value: string | number | null | undefined) =>
  value === null || value === undefined ? null : moneyText(value);

/** Reads an upgraded document that meets the schema. */
export function pipelineFromWire(wire: PipelineDocument): Pipeline {
  return {
    schemaVersion: PIPELINE_SCHEMA_VERSION,
    id: wire.id ?? null,
    name: wire.name,
    description: wire.description ?? '',
    symbol: wire.symbol ?? null,
    primaryTimeframe: wire.primary_timeframe ?? '5m',
    nodes: wire.nodes.map(nodeFromWire),
    edges: (wire.edges ?? []).map(({ from, to }) => ({ from, to })),
    settings: {
      maxRetries: wire.settings?.max_retries ?? 3,
      retryDelayMs: Math.round((wire.settings?.retry_delay ?? 60) * 1000),
    },
    runMode: wire.run_mode ?? 'run_once',
    schedule: wire.schedule_config ? scheduleFromWire(wire.schedule_config) : null,
    tradingMode: wire.trading_mode ?? 'simulation',
    mode: modeFromWire(wire.mode_config),
    brokerConnectionId: wire.broker_connection_id ?? null,
    budget: {
      dailyLimit: moneyOrNull(wire.budget_allocation?.daily_limit),
      monthlyLimit: moneyOrNull(wire.budget_allocation?.monthly_limit),
      whenExhausted: wire.budget_allocation?.when_exhausted ?? 'stop_entries',
      flattenWhenExhausted: wire.budget_allocation?.flatten_when_exhausted ?? false,
    },
  };
}

/** Writes every field, defaults included. */
export function pipelineToWire(pipeline: Pipeline): PipelineDocument {
  const { mode, budget } = pipeline;
  return {
    schema_version: pipeline.schemaVersion,
    id: pipeline.id,
    name: pipeline.name,
    description: pipeline.description,
    symbol: pipeline.symbol,
    primary_timeframe: pipeline.primaryTimeframe,
    nodes: pipeline.nodes.map((node) => ({
      id: node.id,
      agent_type: node.agentType,
      agent_version: node.agentVersion,
      position: { ...node.position },
      config: { ...node.config },
    })),
    edges: pipeline.edges.map(({ from, to }) => ({ from, to })),
    settings: { max_retries: pipeline.settings.maxRetries, retry_delay: pipeline.settings.retryDelayMs / 1000 },
    run_mode: pipeline.runMode,
    schedule_config: pipeline.schedule === null ? null : scheduleToWire(pipeline.schedule),
    trading_mode: pipeline.tradingMode,
    mode_config: {
      slippage_pct: mode.slippagePct,
      commission: {
        per_share: mode.commission.perShare,
        minimum: mode.commission.minimum,
        maximum_fraction: mode.commission.maximumFraction,
      },
      simulate_partial_fills: mode.simulatePartialFills,
      simulate_rejections: mode.simulateRejections,
      seed: mode.seed,
      initial_balance: mode.initialBalance,
      profile: mode.profile,
      margin_multiplier: mode.marginMultiplier,
      limit_fill: mode.limitFill,
      intrabar: mode.intrabar,
      volume_share: mode.volumeShare,
      force_liquidation: mode.forceLiquidation,
    },
    broker_connection_id: pipeline.brokerConnectionId,
    budget_allocation: {
      daily_limit: budget.dailyLimit,
      monthly_limit: budget.monthlyLimit,
      when_exhausted: budget.whenExhausted,
      flatten_when_exhausted: budget.flattenWhenExhausted,
    },
  };
}

function nodeFromWire(wire: PipelineDocument['nodes'][number]): PipelineNode {
  return {
    id: wire.id,
    agentType: wire.agent_type,
    agentVersion: wire.agent_version ?? null,
    position: { x: wire.position?.x ?? 0, y: wire.position?.y ?? 0 },
    config: { ...wire.config },
  };
}

function modeFromWire(wire: PipelineDocument['mode_config']): ModeConfig {
  const commission = wire?.commission;
  return {
    slippagePct: wire?.slippage_pct ?? 0.1,
    commission: {
      perShare: Number(commission?.per_share ?? 0.005),
      minimum: Number(commission?.minimum ?? 0),
      maximumFraction: commission?.maximum_fraction ?? null,
    },
    simulatePartialFills: wire?.simulate_partial_fills ?? true,
    simulateRejections: wire?.simulate_rejections ?? true,
    seed: wire?.seed ?? 1,
    initialBalance: moneyText(wire?.initial_balance ?? '100000'),
    profile: wire?.profile ?? 'alpaca',
    marginMultiplier: wire?.margin_multiplier ?? 2,
    limitFill: wire?.limit_fill ?? 'through',
    intrabar: wire?.intrabar ?? 'pessimistic',
    volumeShare: wire?.volume_share ?? null,
    forceLiquidation: wire?.force_liquidation ?? false,
  };
}

export function scheduleFromWire(wire: ScheduleConfigDocument): ScheduleConfig {
  return {
    scheduleType: wire.schedule_type,
    cronExpression: wire.cron_expression ?? null,
    market: wire.market ?? 'US',
    offsetMinutes: wire.offset_minutes ?? 5,
    intervalMinutes: wire.interval_minutes ?? null,
    activeDuring: wire.active_during ?? 'market_hours',
    startTime: wire.start_time ?? null,
    endTime: wire.end_time ?? null,
    timezone: wire.timezone ?? 'America/New_York',
    activeDays: [...new Set(wire.active_days ?? [0, 1, 2, 3, 4])].sort((a, b) => a - b),
    flattenPositionsAtEnd: wire.flatten_positions_at_end ?? false,
    stopPipelineAtEnd: wire.stop_pipeline_at_end ?? true,
    maxTradesPerDay: wire.max_trades_per_day ?? null,
    maxExecutionsPerDay: wire.max_executions_per_day ?? null,
    stopOnDailyLoss: moneyOrNull(wire.stop_on_daily_loss),
    stopOnDrawdown: wire.stop_on_drawdown ?? null,
    overlap: wire.overlap ?? 'skip',
  };
}

export function scheduleToWire(schedule: ScheduleConfig): ScheduleConfigDocument {
  return {
    schedule_type: schedule.scheduleType,
    cron_expression: schedule.cronExpression,
    market: schedule.market,
    offset_minutes: schedule.offsetMinutes,
    interval_minutes: schedule.intervalMinutes,
    active_during: schedule.activeDuring,
    start_time: schedule.startTime,
    end_time: schedule.endTime,
    timezone: schedule.timezone,
    active_days: [...schedule.activeDays],
    flatten_positions_at_end: schedule.flattenPositionsAtEnd,
    stop_pipeline_at_end: schedule.stopPipelineAtEnd,
    max_trades_per_day: schedule.maxTradesPerDay,
    max_executions_per_day: schedule.maxExecutionsPerDay,
    stop_on_daily_loss: schedule.stopOnDailyLoss,
    stop_on_drawdown: schedule.stopOnDrawdown,
    overlap: schedule.overlap,
  };
}

/** A problem as the API and the command line print it. */
export function problemToWire(problem: Problem) {
  return {
    code: problem.code,
    severity: problem.severity,
    ...(problem.nodeId === undefined ? {} : { node_id: problem.nodeId }),
    ...(problem.edge === undefined ? {} : { edge: problem.edge }),
    ...(problem.field === undefined ? {} : { field: problem.field }),
    message: problem.message,
    ...(problem.fix === undefined
      ? {}
      : {
          fix: {
            text: problem.fix.text,
            edits: problem.fix.edits.map((edit) => {
              switch (edit.edit) {
                case 'set_config':
                  return { edit: edit.edit, node_id: edit.nodeId, field: edit.field, value: edit.value };
                case 'insert_node':
                  return { edit: edit.edit, agent_type: edit.agentType, from: edit.from, to: edit.to };
                case 'add_edge':
                case 'remove_edge':
                  return { edit: edit.edit, from: edit.from, to: edit.to };
                case 'remove_node':
                  return { edit: edit.edit, node_id: edit.nodeId };
                default:
                  return edit satisfies never;
              }
            }),
          },
        }),
  };
}
