/** What the engine leaves behind of one finished execution, written by the engine's role; for tests. */
import { randomUUID } from 'node:crypto';
import { eventToWire } from '@bellwether/contracts';
import { withUser } from '@bellwether/db';
import type { ExecutionEvent } from '@bellwether/kernel';
import { type TestUser, testDocument, type World } from './world.fake.ts';

export interface History {
  readonly pipelineId: string;
  readonly executionId: string;
  readonly positionId: string;
  readonly reportId: string;
  /** By which the broker and the API know the position's entry. */
  readonly orderId: string;
  /** A sandbox account of the pipeline, with nothing on it. */
  readonly brokerAccountId: string;
  /** A command to close the position that came to nothing. */
  readonly commandId: string;
}

const AT = Date.parse('2026-03-13T14:00:00Z');

/** The journal of a lane that was traded and one that was blocked. */
function journal(executionId: string, pipelineId: string, reportId: string): ExecutionEvent[] {
  const step = (agentId: string, symbol: string | null, seconds: number) => ({
    at: AT + seconds * 1000,
    commandId: `${agentId} ${symbol}`,
    agentId,
    agentType: agentId,
    symbol,
  });
  const trigger = { nodeId: null, kind: 'manual', at: AT, text: 'run by hand' } as const;
  const decided = { output: null, costIncrement: '0.0000', inputsHash: null };
  return [
    {
      event: 'execution_started',
      at: AT,
      executionId,
      pipelineId,
      version: 1,
      tradingMode: 'simulation',
      runMode: 'run_once',
      trigger,
      symbols: ['ORBX', 'CALM'],
    },
    { event: 'agent_started', ...step('start', null, 1), attempt: 1 },
    { event: 'agent_completed', ...step('start', null, 1), ...decided, outputSummary: 'started by hand' },
    { event: 'agent_completed', ...step('look', 'ORBX', 2), ...decided, outputSummary: 'saw 100 bars' },
    {
      event: 'lane_blocked',
      ...step('look', 'CALM', 2),
      ...decided,
      refusal: { rule: 'too_calm', value: 0.1, threshold: 0.5, distance: 0.4, text: 'CALM moved 0.1, needs 0.5' },
      outputSummary: 'too calm',
    },
    { event: 'agent_completed', ...step('plan', 'ORBX', 3), ...decided, outputSummary: 'buy 10' },
    {
      event: 'intents_settled',
      ...step('plan', 'ORBX', 4),
      outcome: 'traded',
      refusal: null,
      outputSummary: 'bought 10',
    },
    {
      event: 'execution_completed',
      at: AT + 5000,
      commandId: 'end',
      status: 'completed',
      result: 'traded',
      reason: null,
      totalCost: '0.0800',
      reportId,
    },
  ];
}

export async function addHistory(world: World, user: TestUser, name = 'Look and plan'): Promise<History> {
  const created = await world.ask(user, { method: 'POST', url: '/api/v1/pipelines', payload: testDocument(name) });
  const pipelineId = created.json<{ id: string }>().id;
  const run = await world.ask(user, { method: 'POST', url: `/api/v1/pipelines/${pipelineId}/run`, payload: {} });
  const executionId = run.json<{ execution_id: string }>().execution_id;
  const positionId = `pos-${randomUUID()}`;
  const reportId = randomUUID();
  const [account, order, session, brokerAccountId, commandId] = Array.from({ length: 5 }, () => randomUUID()) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const { pool } = world.database.engine;
  const query = (text: string, ...values: readonly unknown[]) => pool.query(text, [...values]);
  await query(
    `INSERT INTO engine.sessions (id, user_id, pipeline_id, version, purpose, source, status) VALUES ($1, $2, $3, 1, 'start', '{}', 'playing')`,
    session,
    user.id,
    pipelineId,
  );
  await query('UPDATE engine.executions SET session_id = $1 WHERE id = $2', session, executionId);
  await query(
    `UPDATE engine.executions SET status = 'completed', result = 'traded', started_at = '2026-03-13T14:00:00Z',
       market_time = '2026-03-13T14:00:00Z', ended_at = now(), total_cost = 0.08, last_seq = 8 WHERE id = $1`,
    executionId,
  );
  const events = journal(executionId, pipelineId, reportId);
  const head = await query(
    `INSERT INTO engine.user_event_counters AS c (user_id, last_seq) VALUES ($1, $2)
     ON CONFLICT (user_id) DO UPDATE SET last_seq = c.last_seq + $2 RETURNING last_seq`,
    user.id,
    events.length,
  );
  const first = Number((head.rows as { last_seq: string }[])[0]?.last_seq) - events.length;
  for (const [i, event] of events.entries()) {
    const journalSeq = i + 1;
    const wire = eventToWire(event, { executionId, pipelineId, journalSeq, seq: null, recordedAt: AT });
    await query(
      'INSERT INTO engine.journal (execution_id, journal_seq, user_id, event, at, body) VALUES ($1, $2, $3, $4, $5, $6)',
      executionId,
      journalSeq,
      user.id,
      event.event,
      wire.timestamp,
      JSON.stringify(wire),
    );
    await query(
      'INSERT INTO engine.events (user_id, seq, pipeline_id, execution_id, journal_seq, body) VALUES ($1, $2, $3, $4, $5, $6)',
      user.id,
      first + journalSeq,
      pipelineId,
      executionId,
      journalSeq,
      JSON.stringify(wire),
    );
  }
  await query(
    `INSERT INTO engine.accounts (id, user_id, pipeline_id, kind, trading_mode, initial_balance, cash)
     VALUES ($1, $2, $3, 'simulated', 'simulation', 100000, 100000)`,
    account,
    user.id,
    pipelineId,
  );
  await query(
    `INSERT INTO engine.positions (id, user_id, account_id, pipeline_id, execution_id, trading_mode, symbol, side, state, quantity,
       intended_quantity, entry_avg, initial_stop, stop, target_1, last_price, last_price_at, realized_pnl, opened_at)
     VALUES ($1, $2, $3, $4, $5, 'simulation', 'ORBX', 'short', 'open', -10, 10, 100, 102, 101.5, 97, 98.25, '2026-03-13T14:00:00Z', -0.05, '2026-03-13T14:00:04Z')`,
    positionId,
    user.id,
    account,
    pipelineId,
    executionId,
  );
  await query(
    `INSERT INTO engine.orders (id, user_id, account_id, pipeline_id, execution_id, position_id, client_order_id, purpose, leg, seq, symbol,
       side, order_type, time_in_force, quantity, request, request_hash, trading_mode, state, filled_quantity, filled_amount)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'entry', 'entry', 1, 'ORBX', 'sell', 'market', 'gtc', 10, '{}', 'h', 'simulation', 'filled', 10, 1000)`,
    order,
    user.id,
    account,
    pipelineId,
    executionId,
    positionId,
    `bw1-${order}`,
  );
  await query(
    `INSERT INTO engine.fills (user_id, account_id, order_id, broker_fill_id, price, quantity, amount, fee, filled_at)
     VALUES ($1, $2, $3, 'f1', 100, 10, 1000, 0.05, '2026-03-13T14:00:04Z')`,
    user.id,
    account,
    order,
  );
  await query(
    `INSERT INTO engine.trades (user_id, account_id, pipeline_id, execution_id, position_id, trading_mode, symbol, side, quantity,
       entry_avg, exit_avg, realized_pnl, fees, r_multiple, close_reason, entry_at, exit_at)
     VALUES ($1, $2, $3, $4, $5, 'simulation', 'ORBX', 'short', 10, 100, 97, 29.9, 0.1, 1.495, 'target_1', '2026-03-13T14:00:04Z',
       '2026-03-13T15:00:00Z')`,
    user.id,
    account,
    pipelineId,
    executionId,
    positionId,
  );
  await query(
    `INSERT INTO engine.accounts (id, user_id, pipeline_id, kind, trading_mode, label, broker, initial_balance, cash)
     VALUES ($1, $2, $3, 'broker', 'paper', 'sandbox', 'alpaca', 100000, 100000)`,
    brokerAccountId,
    user.id,
    pipelineId,
  );
  await withUser(world.database.app, user.id, async (transaction) => {
    await transaction
      .insertInto('engine.manual_interventions')
      .values({
        id: commandId,
        user_id: user.id,
        kind: 'close',
        target: positionId,
        reason: 'enough',
        body: JSON.stringify({ positions: [positionId] }),
      })
      .execute();
  });
  await query(
    `INSERT INTO engine.intervention_outcomes (intervention_id, position_id, user_id, outcome) VALUES ($1, $2, $3, 'failed')`,
    commandId,
    positionId,
    user.id,
  );
  const lane = {
    title: 'ORBX: sold short',
    outcome: 'traded',
    paragraphs: ['It broke.'],
    bias: null,
    strategy: null,
    risk: null,
  };
  const body = {
    version: 1,
    symbol: 'ORBX',
    title: 'ORBX: sold short',
    outcome: 'traded',
    source: { label: 'Synthetic test data', synthetic: true, tape_id: 'breakout' },
    lanes: [
      {
        symbol: 'ORBX',
        ...lane,
        blocked: null,
        orders: [],
        fills: [],
        levels: null,
        decided_at: '2026-03-13T14:00:03Z',
      },
    ],
    timeline: [
      {
        timestamp: '2026-03-13T14:00:00Z',
        event: 'execution_started',
        agent_id: null,
        agent_type: null,
        symbol: null,
        text: 'run by hand',
      },
    ],
  };
  await query(
    'INSERT INTO app.reports (id, user_id, pipeline_id, execution_id, body) VALUES ($1, $2, $3, $4, $5)',
    reportId,
    user.id,
    pipelineId,
    executionId,
    JSON.stringify(body),
  );
  return { pipelineId, executionId, positionId, reportId, orderId: `bw1-${order}`, brokerAccountId, commandId };
}
