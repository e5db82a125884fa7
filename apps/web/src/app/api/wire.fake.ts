import type { EventName, LiveEvent } from './live-event.ts';
import type {
  AccountRef,
  Execution,
  HeldPosition,
  KillSwitch,
  KillSwitchState,
  Pipeline,
  PipelineDocument,
  PipelineMode,
  Positions,
  Report,
  ReportLane,
  RiskDecision,
  StrategySignal,
} from './wire.ts';

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
    venue: 'simulated',
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

/** The ladder of pipeline p1 in simulation, which may go to the sandbox and not yet to real money. */
export function aPipelineMode(change: Partial<PipelineMode> = {}): PipelineMode {
  return {
    pipeline_id: 'p1',
    trading_mode: 'simulation',
    venue: 'simulated',
    draft_version: 1,
    published_version: 3,
    ladder: [
      { mode: 'validation', venue: 'refusing', text: 'decides and sends nothing', missing: [] },
      { mode: 'simulation', venue: 'simulated', text: 'trades a simulated account of its own', missing: [] },
      { mode: 'paper', venue: 'sandbox', text: 'trades an account of its own at the sandbox', missing: [] },
      {
        mode: 'live',
        venue: 'live',
        text: 'trades with your money',
        missing: [
          { guard: 'connection', text: 'a connection of your own, active and verified as live' },
          { guard: 'step_up', text: 'your password given again' },
        ],
      },
    ],
    ...change,
  };
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
    venue: 'simulated',
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
  body: Partial<Omit<Extract<LiveEvent, { event: Name }>, 'event'>>,
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
    // Each field was checked by the signature; a test leaves out what it is not about.
  } as unknown as LiveEvent;
}

/** A run over two symbols in which SPY trades and QQQ is blocked. */
export const JOURNAL: readonly LiveEvent[] = [
  anEvent('execution_started', 1, {
    version: 3,
    trading_mode: 'simulation',
    run_mode: 'run_once',
    trigger: { node_id: null, kind: 'manual', at: '2019-03-20T13:35:00Z', text: 'run by hand' },
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
    output: { kind: 'risk', value: aRiskDecision() },
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
    venue: 'simulated',
    created_at: '2026-01-05T15:00:00Z',
    version: 3,
    source: { label: 'Seeded minute bars', synthetic: true, tape_id: 't' },
    lanes: [aLane()],
    timeline: [],
    ...change,
  };
}

export function aStrategy(change: Partial<StrategySignal> = {}): StrategySignal {
  return {
    symbol: 'SPY',
    as_of: '2019-03-07T21:00:00Z',
    timestamp: '2019-03-07T21:00:00Z',
    action: 'buy',
    intent: 'open_long',
    entry_order: 'market',
    conviction: 100,
    entry_price: 272.88,
    stop_loss: 267.4,
    target_1: 281.4,
    target_2: null,
    risk_reward_ratio: 1.5,
    reasoning: 'RSI crosses above 30',
    technical_factors: [],
    atr: null,
    break_even_win_rate: null,
    hold_reasons: [],
    warnings: [],
    analyst: 'rules',
    model: null,
    ...change,
  };
}

export function aRiskDecision(change: Partial<RiskDecision> = {}): RiskDecision {
  return {
    symbol: 'SPY',
    timestamp: '2019-03-07T21:00:00Z',
    approved: true,
    adjusted: false,
    position_size: '35',
    close_size: '0',
    account_risk_pct: 0.12,
    position_risk_amount: '124.25',
    notional: '9550.80',
    equity: '100000.00',
    sizing_price: 272.88,
    size_reference: 'decision_close',
    size_rule: {
      sizing: { kind: 'risk_fraction', fraction: 0.01 },
      limits: {
        max_position_fraction: 0.1,
        max_symbol_exposure_fraction: null,
        gross_exposure_fraction: null,
        open_risk_fraction: null,
        max_batch_risk_fraction: null,
        order_notional: null,
        average_volume_shares: null,
        max_open_positions: null,
        min_risk_reward: null,
      },
      allow_short: false,
      conviction_factor: 1,
      quantity_increment: 1,
      price_increment: 0.01,
    },
    adjustments_made: null,
    reasoning: 'Buy 35 SPY',
    binding_cap: null,
    caps: [],
    refusal: null,
    ...change,
  };
}

export function anAccount(change: Partial<AccountRef> = {}): AccountRef {
  return {
    id: 'acc-sandbox',
    kind: 'broker',
    label: 'sandbox',
    name: 'Alpaca sandbox',
    trading_mode: 'paper',
    ...change,
  };
}

export function aHeldPosition(change: Partial<HeldPosition> = {}): HeldPosition {
  return {
    id: 'pos1',
    pipeline_id: 'p1',
    execution_id: 'e1',
    symbol: 'AAPL',
    side: 'long',
    state: 'open',
    quantity: '66',
    intended_quantity: '66',
    average_entry: '189.42',
    initial_stop: '186.10',
    stop: '186.10',
    target_1: '194.40',
    target_2: '197.72',
    last_price: '191.20',
    unrealized_pnl: '117.48',
    realized_pnl: '0.00',
    opened_at: '2026-01-05T15:00:00Z',
    closed_at: null,
    trading_mode: 'paper',
    account: anAccount(),
    pipeline: { id: 'p1', name: 'RSI reversal' },
    state_text: 'open: every share has its stop',
    last_price_at: '2026-01-05T15:10:00Z',
    unrealized_pct: 0.9397,
    unrealized_r: 0.5361,
    fees: '1.00',
    protection: {
      covered: '66',
      naked: '0',
      naked_share_seconds: '0',
      armed: true,
      stop_order_id: 'o1',
      stop_since: '2026-01-05T15:00:10Z',
      text: '66 of 66 shares have a stop at the broker',
    },
    flags: [],
    close_command_id: null,
    latched_since: null,
    ...change,
  };
}

/** A snapshot of these positions, with one group per account. */
export function positionsPage(items: readonly HeldPosition[], change: Partial<Positions> = {}): Positions {
  const accounts = new Map(items.map((item) => [item.account.id, item.account]));
  return {
    items: [...items],
    next_cursor: null,
    groups: [...accounts.values()].map((account) => ({
      account,
      open: items.filter((item) => item.account.id === account.id).length,
      market_value: '12619.20',
      unrealized_pnl: '117.48',
      realized_pnl: '0.00',
      naked: '0',
    })),
    external: [],
    as_of_seq: 0,
    ...change,
  };
}

export function aKillSwitch(change: Partial<KillSwitch> = {}): KillSwitch {
  return {
    id: 'k1',
    scope: 'user',
    scope_id: 'u1',
    scope_name: 'Everything',
    flatten: false,
    reason: 'stopped by hand',
    engaged_by: 'user',
    engaged_at: '2026-01-05T15:41:00Z',
    released_at: null,
    progress: {
      entries_total: 3,
      entries_canceled: 0,
      positions_open: 2,
      positions_closing: 0,
      protective_orders: 5,
    },
    ...change,
  };
}

export function aKillSwitchState(engaged: readonly KillSwitch[] = []): KillSwitchState {
  return {
    is_engaged: engaged.length > 0,
    engaged: [...engaged],
    accounts: [],
    work: { entries_total: 3, entries_canceled: 0, positions_open: 2, positions_closing: 0, protective_orders: 5 },
    as_of_seq: 0,
  };
}
