/** The API on a real database, with a fake engine, a small catalogue and a clock by hand; for tests. */
import { randomUUID } from 'node:crypto';
import type { AgentMetadataWire, TemplateWire } from '@bellwether/contracts';
import { type Database, type Schema, withUser } from '@bellwether/db';
import { startTestDatabase, type TestDatabase } from '@bellwether/db/testing';
import { type Bar, BellwetherError, barsFrom, type Kind, MINUTE_MS, NYSE_CALENDAR } from '@bellwether/domain';
import type { EngineClient, EngineSource, SessionRequest } from '@bellwether/durable/client';
import { INDICATOR_CATALOGUE } from '@bellwether/indicators';
import { type AgentCatalogue, type AgentCategory, type AgentDefinition, defineAgent } from '@bellwether/kernel';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import Type from 'typebox';
import type { ApiOptions, TapeLibrary } from './api-options.ts';
import { createApi } from './app.ts';
import { newToken, tokenHash } from './http/authentication.ts';
import { hashPassword } from './http/password.ts';

/** Friday, 13:00 in New York: the exchange is open. */
export const FRIDAY_NOON = Date.parse('2026-03-13T17:00:00Z');
export const PASSWORD = 'correct horse battery';

function agent(type: string, category: AgentCategory, reads: readonly Kind[], writes: Kind | null): AgentDefinition {
  return defineAgent<unknown>({
    type,
    version: 1,
    category,
    name: type,
    description: `A ${category} agent for tests.`,
    icon: 'box',
    rate: '0',
    reads,
    writes,
    config: { schema: Type.Object({}), parse: () => ({}) },
    decide: () => ({ kind: 'pass', summary: 'nothing to do' }),
  });
}

export const TEST_AGENTS: AgentCatalogue = new Map(
  [
    agent('start', 'trigger', [], 'trigger'),
    agent('look', 'data', ['trigger'], 'market_data'),
    agent('plan', 'analysis', ['market_data'], 'strategy'),
  ].map((definition) => [definition.type, definition]),
);

export function testDocument(name = 'Look and plan', symbol = 'ORBX') {
  return {
    name,
    symbol,
    nodes: [
      { id: 'start', agent_type: 'start', config: {} },
      { id: 'look', agent_type: 'look', config: {} },
      { id: 'plan', agent_type: 'plan', config: {} },
    ],
    edges: [
      { from: 'start', to: 'look' },
      { from: 'look', to: 'plan' },
    ],
  };
}

export const TEST_TEMPLATE: TemplateWire = {
  template_id: 'look-and-plan',
  name: 'Look and plan',
  description: 'For tests.',
  symbols: ['ORBX'],
  tags: ['test'],
  free: true,
  document: testDocument(),
  tape_id: 'breakout',
};

const OPEN = Date.parse('2026-03-13T13:30:00Z');
const BARS: readonly Bar[] = Array.from({ length: 60 }, (_, i) => ({
  start: OPEN + i * MINUTE_MS,
  end: OPEN + (i + 1) * MINUTE_MS,
  open: 100 + i,
  high: 101 + i,
  low: 99 + i,
  close: 100.5 + i,
  volume: 1000,
}));

const TAPES: TapeLibrary = {
  tapes: [
    {
      tape_id: 'breakout',
      title: 'A breakout',
      label: 'Synthetic test data',
      synthetic: true,
      symbols: ['ORBX'],
      timeframe: '1m',
      from: '2026-03-13',
      to: '2026-03-13',
    },
  ],
  bars: async (tapeId, symbol, timeframe) => {
    if (tapeId === 'breakout' && symbol === 'ORBX' && timeframe === '1m') return barsFrom(symbol, timeframe, BARS);
    throw new BellwetherError('rejected', 'bars/unknown-symbol', `expected ORBX in 1m, was ${symbol} in ${timeframe}`);
  },
};

/** Keeps rows as the engine would, and drives nothing. */
export class FakeEngine implements Omit<EngineClient, 'close'> {
  readonly calls: string[] = [];

  async run(
    userId: string,
    pipelineId: string,
    version: number,
    source: EngineSource,
    transaction: Transaction<Schema>,
  ) {
    this.calls.push('run');
    const id = randomUUID();
    const trigger = { node_id: null, kind: 'manual', at: '2026-03-13T13:30:00Z', text: 'run by hand' };
    await sql`
      INSERT INTO engine.executions (id, user_id, pipeline_id, version, trading_mode, run_mode, trigger, trigger_key, source)
      VALUES (${id}, ${userId}, ${pipelineId}, ${version}, 'simulation', 'run_once', ${JSON.stringify(trigger)}, ${id},
        ${JSON.stringify(source)})`.execute(transaction);
    return id;
  }

  async start(
    _userId: string,
    pipelineId: string,
    _version: number,
    _source: EngineSource,
    transaction: Transaction<Schema>,
  ) {
    this.calls.push('start');
    await setState(transaction, pipelineId, 'armed', 'waits for RSI(14) on 1d below 30');
  }

  async stop(_userId: string, pipelineId: string, transaction: Transaction<Schema>) {
    this.calls.push('stop');
    await setState(transaction, pipelineId, 'stopped', null);
  }

  async cancel(_userId: string, executionId: string, reason: string) {
    this.calls.push(`cancel ${executionId} ${reason}`);
  }

  async request(
    userId: string,
    sessionId: string,
    { key, kind, body }: SessionRequest,
    transaction: Transaction<Schema>,
  ) {
    this.calls.push(`${kind} on ${sessionId}`);
    await sql`
      INSERT INTO engine.session_requests (session_id, user_id, key, kind, body)
      VALUES (${sessionId}, ${userId}, ${key}, ${kind}, ${JSON.stringify(body)}::jsonb)`.execute(transaction);
  }
}

async function setState(transaction: Transaction<Schema>, pipelineId: string, state: string, reason: string | null) {
  await transaction
    .updateTable('app.pipelines')
    .set({ state, state_reason: reason })
    .where('id', '=', pipelineId)
    .execute();
}

export interface TestUser {
  readonly id: string;
  readonly email: string;
  readonly token: string;
}

export interface World extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly api: FastifyInstance;
  readonly engine: FakeEngine;
  readonly options: ApiOptions;
  /** Moves the clock by hand. */
  advance(ms: number): void;
  /** Statements sent since it was last asked. */
  statements(): readonly string[];
  addUser(name: string): Promise<TestUser>;
  /** Asks as a user, by bearer token. */
  ask(user: TestUser, options: InjectOptions): Promise<LightMyRequestResponse>;
}

export async function openWorld(more: Partial<ApiOptions> = {}): Promise<World> {
  const database = await startTestDatabase();
  let now = FRIDAY_NOON;
  let sent: string[] = [];
  const kysely = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: database.app.pool }),
    log: (event) => {
      sent.push(event.query.sql);
    },
  });
  const counted: Database = { kysely, pool: database.app.pool, close: async () => undefined };
  const engine = new FakeEngine();
  const options: ApiOptions = {
    database: counted,
    engine,
    agents: TEST_AGENTS,
    agentDescriptions: [...TEST_AGENTS.values()].map(describe),
    indicators: INDICATOR_CATALOGUE,
    templates: [TEST_TEMPLATE],
    tapes: TAPES,
    calendar: NYSE_CALENDAR,
    now: () => now,
    version: '0.1.0',
    isDemo: true,
    checksAnswers: true,
    ...more,
  };
  const api = await createApi(options);
  return {
    database,
    api,
    engine,
    options,
    advance: (ms) => {
      now += ms;
    },
    statements: () => {
      const since = sent;
      sent = [];
      return since;
    },
    addUser: (name) => addUser(database, name),
    ask: async (user, request) => {
      const headers = { ...request.headers, authorization: `Bearer ${user.token}` };
      return api.inject({ ...request, headers });
    },
    [Symbol.asyncDispose]: async () => {
      await api.close();
      await database.close();
    },
  };
}

function describe(definition: AgentDefinition): AgentMetadataWire {
  return {
    agent_type: definition.type,
    name: definition.name,
    description: definition.description,
    category: definition.category,
    version: definition.version,
    icon: definition.icon,
    pricing_rate: definition.rate,
    is_free: true,
    is_system_agent: definition.isSystem,
    requires_timeframes: false,
    reads: [...definition.reads],
    reads_optionally: [...definition.readsOptionally],
    reads_any_of: [...definition.readsAnyOf],
    writes: definition.writes,
    config_schema: {},
  };
}

async function addUser(database: TestDatabase, name: string): Promise<TestUser> {
  const id = randomUUID();
  const email = `${name}-${id.slice(0, 8)}@example.test`;
  const token = newToken();
  const hash = await hashPassword(PASSWORD);
  await withUser(database.app, id, async (transaction) => {
    await transaction.insertInto('app.users').values({ id, email, password_hash: hash, display: name }).execute();
    await transaction
      .insertInto('app.sessions')
      .values({ user_id: id, token_hash: tokenHash(token), expires_at: '2100-01-01T00:00:00Z' })
      .execute();
  });
  return { id, email, token };
}
