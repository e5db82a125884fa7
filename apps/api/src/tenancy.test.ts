import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addHistory, type History } from './history.fake.ts';
import { openWorld, PASSWORD, type TestUser, testDocument, type World } from './world.fake.ts';

let world: World;
let owner: TestUser;

before(async () => {
  world = await openWorld();
  owner = await world.addUser('owner');
  await world.ask(owner, { method: 'POST', url: '/api/v1/auth/step-up', payload: { password: PASSWORD } });
});
after(() => world[Symbol.asyncDispose]());

/** What the owner is answered; what another user is; a public operation answers everybody alike. */
interface Fixture {
  readonly owner: number;
  /** `own`: the operation names nobody's row, so the other user gets an answer of their own, holding nothing of the owner's. */
  readonly stranger: 404 | 'own' | 'public';
  readonly request: (history: History) => { readonly url: string; readonly payload?: object };
}

const at = (url: string, payload?: object): Fixture['request'] => {
  return (history) => {
    const filled = (text: string) =>
      text
        .replace('{pipeline}', history.pipelineId)
        .replace('{execution}', history.executionId)
        .replace('{report}', history.reportId)
        .replace('{position}', history.positionId)
        .replace('{order}', history.orderId)
        .replace('{account}', history.brokerAccountId)
        .replace('{command}', history.commandId);
    return {
      url: filled(url),
      ...(payload === undefined ? {} : { payload: JSON.parse(filled(JSON.stringify(payload))) as object }),
    };
  };
};
const own = (owner: number, url: string, payload?: object): Fixture => ({
  owner,
  stranger: 'own',
  request: at(url, payload),
});
const row = (owner: number, url: string, payload?: object): Fixture => ({
  owner,
  stranger: 404,
  request: at(url, payload),
});
const open = (owner: number, url: string): Fixture => ({ owner, stranger: 'public', request: at(url) });

const FIXTURES: Readonly<Record<string, Fixture>> = {
  getStatus: open(200, '/api/v1/status'),
  health: open(200, '/healthz'),
  readiness: open(200, '/readyz'),
  login: {
    owner: 200,
    stranger: 'public',
    request: () => ({ url: '/api/v1/auth/login', payload: { email: owner.email, password: PASSWORD } }),
  },
  me: own(200, '/api/v1/auth/me'),
  listAgents: own(200, '/api/v1/agents'),
  getAgent: own(200, '/api/v1/agents/look'),
  listIndicators: own(200, '/api/v1/indicators'),
  listPipelines: own(200, '/api/v1/pipelines'),
  createPipeline: own(201, '/api/v1/pipelines', testDocument()),
  importPipeline: own(201, '/api/v1/pipelines/import', testDocument()),
  listTemplates: own(200, '/api/v1/pipelines/templates'),
  validatePipeline: own(200, '/api/v1/pipelines/validate', testDocument()),
  getPipelineMode: row(200, '/api/v1/pipelines/{pipeline}/mode'),
  // A pipeline that trades is asked to rest first; a stranger is not told that it trades.
  changePipelineMode: row(422, '/api/v1/pipelines/{pipeline}/mode', {
    mode: 'paper',
    reason: 'x',
    expected_version: 1,
  }),
  getPipeline: row(200, '/api/v1/pipelines/{pipeline}'),
  savePipeline: row(200, '/api/v1/pipelines/{pipeline}', testDocument('Renamed')),
  exportPipeline: row(200, '/api/v1/pipelines/{pipeline}/export'),
  publishPipeline: row(200, '/api/v1/pipelines/{pipeline}/publish', {}),
  clonePipeline: row(201, '/api/v1/pipelines/{pipeline}/clone', {}),
  listPipelineVersions: row(200, '/api/v1/pipelines/{pipeline}/versions'),
  getPipelineVersion: row(200, '/api/v1/pipelines/{pipeline}/versions/1'),
  runPipeline: row(202, '/api/v1/pipelines/{pipeline}/run', {}),
  startPipeline: row(202, '/api/v1/pipelines/{pipeline}/start', {}),
  stopPipeline: row(202, '/api/v1/pipelines/{pipeline}/stop'),
  archivePipeline: row(204, '/api/v1/pipelines/{pipeline}'),
  listExecutions: own(200, '/api/v1/executions'),
  getExecution: row(200, '/api/v1/executions/{execution}'),
  readJournal: row(200, '/api/v1/executions/{execution}/journal'),
  // It has ended: the owner is told so, a stranger is not.
  cancelExecution: row(409, '/api/v1/executions/{execution}/cancel', {}),
  listEvents: own(200, '/api/v1/events'),
  listPositions: own(200, '/api/v1/positions'),
  getPosition: row(200, '/api/v1/positions/{position}'),
  getCloseCommand: row(200, '/api/v1/positions/commands/{command}'),
  closePosition: row(202, '/api/v1/positions/{position}/close', { reason: 'enough' }),
  closeAllPositions: own(202, '/api/v1/positions/close-all', { confirm: 'close all', reason: 'enough' }),
  listOrders: own(200, '/api/v1/orders'),
  getOrder: row(200, '/api/v1/orders/{order}'),
  listTrades: own(200, '/api/v1/trades'),
  exportTrades: own(200, '/api/v1/trades.csv'),
  getTrade: row(200, '/api/v1/trades/{position}'),
  listReports: own(200, '/api/v1/reports'),
  getReport: row(200, '/api/v1/reports/{report}'),
  listTapes: own(200, '/api/v1/tapes'),
  getMarketSession: own(200, '/api/v1/market/session'),
  readBars: row(200, '/api/v1/market/bars?symbol=ORBX&timeframe=1m&execution_id={execution}'),
  stepUp: own(200, '/api/v1/auth/step-up', { password: PASSWORD }),
  rearmPipeline: row(200, '/api/v1/pipelines/{pipeline}/rearm', { symbol: 'ORBX' }),
  releasePipeline: row(200, '/api/v1/pipelines/{pipeline}/release', { reason: 'looked at' }),
  listLimits: own(200, '/api/v1/safety/limits'),
  changeLimits: row(200, '/api/v1/safety/limits', { account_id: '{account}', limits: { max_open_positions: 2 } }),
  getKillSwitch: own(200, '/api/v1/safety/kill-switch'),
  engageKillSwitch: row(200, '/api/v1/safety/kill-switch', { scope: 'account', scope_id: '{account}' }),
  releaseKillSwitch: row(200, '/api/v1/safety/kill-switch', {
    scope: 'pipeline',
    scope_id: '{pipeline}',
    reason: 'looked at',
  }),
  listAlerts: own(200, '/api/v1/safety/alerts'),
  listInterventions: own(200, '/api/v1/safety/interventions'),
  readAudit: own(200, '/api/v1/safety/audit'),
  logout: own(204, '/api/v1/auth/logout'),
};

interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly operationId: string;
}

function operations(): Operation[] {
  const { paths } = JSON.parse(JSON.stringify(world.api.swagger())) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  return Object.values(paths).flatMap((path) =>
    Object.entries(path).map(([method, { operationId }]) => ({
      method: method.toUpperCase() as Operation['method'],
      operationId,
    })),
  );
}

// The stream is not an operation of the description; `stream/websocket.test.ts` holds it to the same rule.
test('every operation of the description has a fixture, and every fixture an operation', () => {
  const described = operations().map((operation) => operation.operationId);
  assert.ok(described.length > 30, 'the walk is not empty');
  assert.deepEqual(described.sort(), Object.keys(FIXTURES).sort());
});

test('every operation answers its owner, hides the row from another user and asks nobody in particular to sign in', async () => {
  for (const { method, operationId } of operations()) {
    const fixture = FIXTURES[operationId];
    if (fixture === undefined) continue;
    const history = await addHistory(world, owner);
    const request = { method, ...fixture.request(history) };
    const snapshot = async () =>
      (
        await world.database.engine.pool.query(
          `SELECT p.*, a.limits,
             (SELECT count(*) FROM engine.symbol_latches WHERE user_id = p.user_id) AS latches,
             (SELECT count(*) FROM engine.kill_switches WHERE user_id = p.user_id) AS switches,
             (SELECT count(*) FROM engine.manual_interventions WHERE user_id = p.user_id) AS interventions,
             (SELECT count(*) FROM engine.session_requests WHERE user_id = p.user_id) AS requests,
             (SELECT count(*) FROM app.audit_log WHERE user_id = p.user_id AND action <> 'login') AS audited
           FROM app.pipelines p JOIN engine.accounts a ON a.id = $2 WHERE p.id = $1`,
          [history.pipelineId, history.brokerAccountId],
        )
      ).rows;

    const before = await snapshot();
    const anonymous = await world.api.inject(request);
    assert.equal(
      anonymous.statusCode,
      fixture.stranger === 'public' ? fixture.owner : 401,
      `${operationId}, anonymous`,
    );

    const other = await world.addUser('other');
    const foreign = await world.ask(other, request);
    assert.equal(
      foreign.statusCode,
      fixture.stranger === 404 ? 404 : fixture.owner,
      `${operationId}, another user: ${foreign.body}`,
    );
    if (fixture.stranger !== 'public') {
      const { executionId, positionId, reportId, orderId, brokerAccountId, commandId } = history;
      for (const id of [executionId, positionId, reportId, orderId, brokerAccountId, commandId, owner.email])
        assert.ok(
          fixture.stranger === 404 || !foreign.body.includes(id),
          `${operationId} showed ${id} to another user`,
        );
    }
    assert.deepEqual(await snapshot(), before, `${operationId} left the row as it was`);

    const asker = operationId === 'logout' ? await world.addUser('leaver') : owner;
    const answered = await world.ask(asker, request);
    assert.equal(answered.statusCode, fixture.owner, `${operationId}, owner: ${answered.body}`);
  }
});

test('lists hold what is the owner’s, so that the walk is not vacuous', async () => {
  const [keeper, stranger] = [await world.addUser('keeper'), await world.addUser('stranger')];
  const history = await addHistory(world, keeper);
  for (const [url, id] of [
    ['/api/v1/pipelines', history.pipelineId],
    ['/api/v1/executions', history.executionId],
    ['/api/v1/positions', history.positionId],
    ['/api/v1/trades', history.positionId],
    ['/api/v1/trades.csv', history.positionId],
    ['/api/v1/orders', history.orderId],
    ['/api/v1/safety/limits', history.brokerAccountId],
    ['/api/v1/safety/kill-switch', history.brokerAccountId],
    ['/api/v1/safety/interventions', history.commandId],
    ['/api/v1/safety/audit', history.pipelineId],
    ['/api/v1/reports', history.reportId],
    ['/api/v1/events?since=1', history.executionId],
  ] as const) {
    assert.ok((await world.ask(keeper, { url })).body.includes(id), `${url} shows ${id} to its owner`);
    assert.ok(!(await world.ask(stranger, { url })).body.includes(id), `${url} hides ${id} from a stranger`);
  }
});
