import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type {
  BarsWire,
  ExecutionWire,
  PositionWire,
  ProblemWire,
  ReportWire,
  StreamEventWire,
  TradeWire,
} from '@bellwether/contracts';
import { addHistory, type History } from '../history.fake.ts';
import { openWorld, type TestUser, testDocument, type World } from '../world.fake.ts';

let world: World;
let user: TestUser;
let history: History;

before(async () => {
  world = await openWorld();
  user = await world.addUser('user');
  history = await addHistory(world, user);
});
after(() => world[Symbol.asyncDispose]());

async function get<T>(url: string, as: TestUser = user): Promise<T> {
  const answer = await world.ask(as, { url: `/api/v1${url}` });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json<T>();
}

test('an execution shows a lane per symbol: what each step did, and why one stopped', async () => {
  const execution = await get<ExecutionWire>(`/executions/${history.executionId}`);
  assert.deepEqual(execution.symbols, ['ORBX', 'CALM']);
  const [traded, blocked] = execution.lanes;
  assert.equal(traded?.status, 'traded');
  assert.deepEqual(
    traded?.steps.map((step) => [step.agent_id, step.status, step.summary]),
    [
      ['start', 'done', 'started by hand'],
      ['look', 'done', 'saw 100 bars'],
      ['plan', 'done', 'bought 10'],
    ],
  );
  assert.equal(blocked?.status, 'blocked');
  assert.equal(blocked?.blocked?.text, 'CALM moved 0.1, needs 0.5');
  assert.equal(blocked?.blocked?.agent_id, 'look');
  assert.deepEqual(
    blocked?.steps.map((step) => [step.agent_id, step.status]),
    [
      ['start', 'done'],
      ['look', 'blocked'],
      ['plan', 'skipped'],
    ],
  );
  assert.equal(execution.total_cost, '0.0800');
  assert.equal(execution.report_id, history.reportId);
  assert.ok(execution.as_of_seq >= 8);
});

test('executions are found by pipeline and by status', async () => {
  const ids = async (query: string) =>
    (await get<{ items: ExecutionWire[] }>(`/executions?${query}`)).items.map((execution) => execution.id);
  assert.deepEqual(await ids(`pipeline_id=${history.pipelineId}`), [history.executionId]);
  assert.deepEqual(await ids(`pipeline_id=${history.pipelineId}&status=running`), []);
  const answer = await world.ask(user, { url: '/api/v1/executions?status=lost' });
  assert.equal(answer.statusCode, 400);
  assert.match(answer.json<ProblemWire>().detail, /^status in the query: expected one of "pending"/);
});

test('a journal is read in order and in pages, without numbers of the stream', async () => {
  const url = `/executions/${history.executionId}/journal`;
  const whole = await get<{ items: StreamEventWire[]; next_cursor: null }>(url);
  assert.deepEqual(
    whole.items.map((event) => [event.journal_seq, event.seq]),
    [1, 2, 3, 4, 5, 6, 7, 8].map((seq) => [seq, null]),
  );
  assert.equal(whole.next_cursor, null);
  const page = await get<{ items: StreamEventWire[]; next_cursor: string }>(`${url}?limit=3&after=2`);
  assert.deepEqual(
    page.items.map((event) => event.journal_seq),
    [3, 4, 5],
  );
  const next = await get<{ items: StreamEventWire[] }>(`${url}?limit=3&cursor=${page.next_cursor}`);
  assert.deepEqual(
    next.items.map((event) => event.journal_seq),
    [6, 7, 8],
  );
});

test('an open execution is canceled through the engine, an ended one is not', async () => {
  const created = await world.ask(user, { method: 'POST', url: '/api/v1/pipelines', payload: testDocument() });
  const run = await world.ask(user, {
    method: 'POST',
    url: `/api/v1/pipelines/${created.json<{ id: string }>().id}/run`,
  });
  const { execution_id } = run.json<{ execution_id: string }>();
  const url = `/api/v1/executions/${execution_id}/cancel`;
  assert.equal((await world.ask(user, { method: 'POST', url, payload: { reason: 'enough' } })).statusCode, 202);
  assert.ok(world.engine.calls.includes(`cancel ${execution_id} enough`));
  const ended = await world.ask(user, { method: 'POST', url: `/api/v1/executions/${history.executionId}/cancel` });
  assert.equal(ended.json<ProblemWire>().code, 'execution/ended');
});

test('a short position counts its shares up and its gain down', async () => {
  const { items } = await get<{ items: PositionWire[] }>('/positions');
  const [position] = items;
  assert.equal(position?.id, history.positionId);
  assert.equal(position?.quantity, '10');
  assert.equal(position?.average_entry, '100.00');
  assert.equal(position?.last_price, '98.25');
  assert.equal(position?.unrealized_pnl, '17.50');
  assert.equal(position?.realized_pnl, '-0.05');
  assert.deepEqual((await get<{ items: PositionWire[] }>('/positions?state=closed')).items, []);
});

test('a trade is named by its position and told in decimals', async () => {
  const { items } = await get<{ items: TradeWire[] }>(`/trades?pipeline_id=${history.pipelineId}`);
  const [trade] = items;
  assert.equal(trade?.position_id, history.positionId);
  assert.equal(trade?.pnl, '29.90');
  assert.equal(trade?.r_multiple, 1.495);
});

test('a report is what was written, with what its orders and position have become', async () => {
  const report = await get<ReportWire>(`/reports/${history.reportId}`);
  const [lane] = report.lanes;
  assert.equal(report.title, 'ORBX: sold short');
  assert.equal(report.source.synthetic, true);
  assert.equal(lane?.orders[0]?.average_price, '100.00');
  assert.deepEqual(lane?.fills[0], {
    time: '2026-03-13T14:00:04Z',
    side: 'sell',
    quantity: '10',
    price: '100.00',
    commission: '0.05',
    reason: 'entry',
  });
  assert.deepEqual(lane?.levels, {
    entry: '100.00',
    stop: '101.50',
    initial_stop: '102.00',
    target_1: '97.00',
    target_2: null,
  });
  assert.equal(lane?.trade?.close_reason, 'target_1');
});

test('events are polled in order from any number, and the newest number is told', async () => {
  const all = await get<{ items: StreamEventWire[]; last_seq: number }>('/events');
  const numbers = all.items.map((event) => event.seq);
  assert.deepEqual(
    numbers,
    Array.from({ length: all.last_seq }, (_, i) => i + 1),
    'no gap',
  );
  const some = await get<{ items: StreamEventWire[] }>(`/events?since=${all.last_seq - 2}`);
  assert.deepEqual(
    some.items.map((event) => event.seq),
    [all.last_seq - 1, all.last_seq],
  );
  const two = await get<{ items: StreamEventWire[] }>('/events?since=3&limit=2');
  assert.deepEqual(
    two.items.map((event) => event.seq),
    [4, 5],
  );
});

test('bars of an execution end at its own clock, bars of a tape where they are asked to', async () => {
  const of = (query: string) => get<BarsWire>(`/market/bars?symbol=ORBX&timeframe=1m${query}`);
  const seen = await of(`&execution_id=${history.executionId}`);
  assert.equal(
    seen.bars.at(-1)?.time,
    '2026-03-13T13:59:00Z',
    'the bar that closed at 14:00:00; none closed by 14:00:05 since',
  );
  assert.equal(seen.source.synthetic, true);
  const asked = await of(`&execution_id=${history.executionId}&to=2026-03-13T23:00:00Z`);
  assert.deepEqual(asked.bars, seen.bars, 'asking for later bars shows none');
  assert.equal((await of('&tape_id=breakout&limit=1')).bars[0]?.time, '2026-03-13T14:29:00Z');
  assert.equal((await of('&to=2026-03-13T13:32:30Z')).bars.length, 2);
  const unknown = await world.ask(user, { url: '/api/v1/market/bars?symbol=MSFT&timeframe=1m' });
  assert.equal(unknown.json<ProblemWire>().code, 'tape/unknown');
});

test('catalogues are whole', async () => {
  assert.equal((await get<{ items: object[] }>('/agents')).items.length, 3);
  assert.ok((await get<{ items: object[] }>('/indicators')).items.length > 20);
  assert.equal((await get<{ items: object[] }>('/tapes')).items.length, 1);
  assert.equal((await get<{ items: object[] }>('/pipelines/templates')).items.length, 1);
  assert.equal((await world.ask(user, { url: '/api/v1/agents/nobody' })).statusCode, 404);
});

test('P7: lists cost the same statements for one row and for many', async () => {
  const reader = await world.addUser('reader');
  const urls = [
    '/executions',
    '/reports',
    '/positions',
    '/trades',
    '/events',
    '/orders',
    '/safety/kill-switch',
    '/safety/interventions',
    '/safety/audit',
    '/safety/limits',
  ];
  const cost = async () => {
    const counts: number[] = [];
    for (const url of urls) {
      world.statements();
      await get(url, reader);
      counts.push(world.statements().length);
    }
    return counts;
  };
  await addHistory(world, reader);
  const one = await cost();
  for (let i = 0; i < 3; i++) await addHistory(world, reader);
  assert.deepEqual(await cost(), one);
  // Who asks, begin, as whom, the page, commit; with it the steps of executions, the newest number of the stream, totals and holdings of
  // other hands, standings and the work of a stop, the chain of the log and its length.
  assert.deepEqual(one, [6, 5, 8, 5, 6, 5, 8, 5, 7, 5]);
});
