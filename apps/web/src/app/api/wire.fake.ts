import type { EventName, LiveEvent } from './live-event.ts';
import type { Execution, Pipeline, PipelineDetail, PipelineDocument, Report, ReportLane } from './wire.ts';

/** Small valid objects of the wire for tests; a test states only what it is about. */

export const DOCUMENT: PipelineDocument = {
  name: 'RSI reversal',
  symbol: 'SPY',
  primary_timeframe: '1d',
  nodes: [
    {
      id: 'trigger',
      agent_type: 'technical_trigger',
      config: {
        timeframe: '1d',
        conditions: { logic: 'AND', conditions: [{ indicator: 'RSI', operator: '<', value: 30 }] },
      },
    },
    { id: 'data', agent_type: 'market_data_agent', config: { timeframes: ['1d'] } },
    { id: 'risk', agent_type: 'risk_manager_agent', config: { risk_fraction: 0.01 } },
  ],
  edges: [
    { from: 'trigger', to: 'data' },
    { from: 'data', to: 'risk' },
  ],
};

export function aPipeline(change: Partial<Pipeline> = {}): Pipeline {
  return {
    id: 'p1',
    name: 'RSI reversal',
    description: 'Buys a dip',
    symbol: 'SPY',
    symbols: ['SPY'],
    run_mode: 'run_once',
    trading_mode: 'simulation',
    state: 'stopped',
    state_text: 'stopped',
    draft_version: 1,
    published_version: 3,
    has_unpublished_changes: false,
    template_id: null,
    open_execution_id: null,
    last_execution: null,
    next_run_at: null,
    created_at: '2026-01-05T10:00:00Z',
    updated_at: '2026-01-05T10:00:00Z',
    archived_at: null,
    ...change,
  };
}

export function aPipelineDetail(change: Partial<PipelineDetail> = {}): PipelineDetail {
  return { ...aPipeline(), config: DOCUMENT, ...change };
}

export function anExecution(change: Partial<Execution> = {}): Execution {
  return {
    id: 'e1',
    pipeline_id: 'p1',
    pipeline_name: 'RSI reversal',
    version: 3,
    status: 'running',
    result: null,
    reason: null,
    trading_mode: 'simulation',
    run_mode: 'run_once',
    trigger: null,
    source: { kind: 'demo_tape', tape_id: 't', speed: 60, label: 'Seeded minute bars', synthetic: true },
    symbols: ['SPY', 'QQQ'],
    started_at: '2026-01-05T15:00:00Z',
    market_time: null,
    ended_at: null,
    total_cost: '0.0000',
    report_id: null,
    last_journal_seq: 0,
    lanes: [],
    as_of_seq: 0,
    ...change,
  };
}

/** An event of execution e1 with its body; number and time follow from `journalSeq`. */
export function anEvent<Name extends EventName>(
  event: Name,
  journalSeq: number,
  body: Omit<Extract<LiveEvent, { event: Name }>, keyof LiveEvent | 'event'> &
    Partial<Pick<LiveEvent, 'agent_id' | 'symbol' | 'seq' | 'execution_id' | 'pipeline_id'>>,
): LiveEvent {
  return {
    seq: journalSeq,
    journal_seq: journalSeq,
    execution_id: 'e1',
    pipeline_id: 'p1',
    timestamp: new Date(Date.UTC(2019, 2, 20, 13, 35, journalSeq)).toISOString(),
    recorded_at: '2026-01-05T15:00:00Z',
    ...body,
    event,
    // The generic body was checked by the signature; the union cannot follow it here.
  } as unknown as LiveEvent;
}

/** A run over two symbols in which SPY trades and QQQ is blocked. */
export const JOURNAL: readonly LiveEvent[] = [
  anEvent('execution_started', 1, {
    version: 3,
    trading_mode: 'simulation',
    run_mode: 'run_once',
    trigger: null,
    symbols: ['SPY', 'QQQ'],
  }),
  anEvent('agent_started', 2, { attempt: 1, agent_id: 'trigger' }),
  anEvent('agent_completed', 3, {
    output_summary: 'RSI(14) 28.4 < 30',
    cost_increment: '0',
    output: null,
    agent_id: 'trigger',
  }),
  anEvent('agent_started', 4, { attempt: 1, agent_id: 'data', symbol: 'SPY' }),
  anEvent('agent_completed', 5, {
    output_summary: '250 bars',
    cost_increment: '0',
    output: null,
    agent_id: 'data',
    symbol: 'SPY',
  }),
  anEvent('agent_started', 6, { attempt: 1, agent_id: 'data', symbol: 'QQQ' }),
  anEvent('lane_blocked', 7, {
    rule: 'stale_data',
    value: 20,
    threshold: 5,
    distance: 15,
    text: 'Data is 20 min old, at most 5',
    agent_id: 'data',
    symbol: 'QQQ',
  }),
  anEvent('agent_started', 8, { attempt: 1, agent_id: 'risk', symbol: 'SPY' }),
  anEvent('error', 9, {
    error_code: 'ledger/busy',
    error_message: 'The account was busy',
    attempt: 1,
    will_retry: true,
    agent_id: 'risk',
    symbol: 'SPY',
  }),
  anEvent('agent_started', 10, { attempt: 2, agent_id: 'risk', symbol: 'SPY' }),
  anEvent('agent_completed', 11, {
    output_summary: '35 shares',
    cost_increment: '0',
    output: { kind: 'risk', value: { approved: true } },
    agent_id: 'risk',
    symbol: 'SPY',
  }),
  anEvent('trade_executed', 12, {
    position_id: 'x',
    trade: { symbol: 'SPY', action: 'buy', quantity: '35', price: '283.68', commission: '1.00' },
    symbol: 'SPY',
  }),
  anEvent('execution_completed', 13, {
    status: 'completed',
    result: 'traded',
    reason: '1 of 2 symbols traded',
    total_cost: '0.0000',
    report_id: 'r1',
  }),
];

export function aLane(change: Partial<ReportLane> = {}): ReportLane {
  return {
    symbol: 'SPY',
    title: 'SPY: no trade',
    outcome: 'blocked',
    paragraphs: [],
    bias: null,
    strategy: null,
    risk: null,
    blocked: null,
    orders: [],
    fills: [],
    position: null,
    trade: null,
    levels: null,
    decided_at: null,
    ...change,
  };
}

export function aReport(change: Partial<Report> = {}): Report {
  return {
    id: 'r1',
    execution_id: 'e1',
    pipeline_id: 'p1',
    pipeline_name: 'RSI reversal',
    symbol: 'SPY',
    title: 'SPY: no trade',
    outcome: 'blocked',
    trading_mode: 'simulation',
    created_at: '2026-01-05T15:00:00Z',
    version: 3,
    source: { label: 'Seeded minute bars', synthetic: true },
    lanes: [aLane()],
    timeline: [],
    ...change,
  };
}
