import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { PipelineDetailWire, ProblemWire } from '@bellwether/contracts';
import { openWorld, type TestUser, testDocument, type World } from '../../world.fake.ts';

const BASE = '/api/v1/pipelines';
let world: World;
let user: TestUser;

before(async () => {
  world = await openWorld();
  user = await world.addUser('user');
});
after(() => world[Symbol.asyncDispose]());

async function post(url: string, payload: object = {}, headers: Record<string, string> = {}) {
  return world.ask(user, { method: 'POST', url, payload, headers });
}

async function create(document: object = testDocument()): Promise<PipelineDetailWire> {
  const answer = await post(BASE, document);
  assert.equal(answer.statusCode, 201, answer.body);
  return answer.json();
}

test('a document becomes a pipeline at rest, with its draft and an entity tag', async () => {
  const answer = await post(BASE, { ...testDocument('One'), symbol: 'AAPL', description: 'For tests' });
  const pipeline = answer.json<PipelineDetailWire>();
  assert.equal(answer.headers['etag'], '"1"');
  assert.equal(answer.headers['location'], `${BASE}/${pipeline.id}`);
  assert.equal(pipeline.state, 'stopped');
  assert.equal(pipeline.symbol, 'AAPL');
  assert.equal(pipeline.has_unpublished_changes, true);
  assert.equal(pipeline.config['id'], pipeline.id);
});

test('P-mode: whatever mode a document names, what is created, imported and cloned lands in simulation or validation', async () => {
  for (const [asked, given] of [
    ['live', 'simulation'],
    ['paper', 'simulation'],
    ['validation', 'validation'],
  ] as const) {
    const created = await create({ ...testDocument(), trading_mode: asked });
    const imported = (
      await post(`${BASE}/import`, { ...testDocument(), trading_mode: asked })
    ).json<PipelineDetailWire>();
    const cloned = (await post(`${BASE}/${created.id}/clone`)).json<PipelineDetailWire>();
    for (const pipeline of [created, imported, cloned]) {
      assert.equal(pipeline.trading_mode, given);
      assert.equal(pipeline.config['trading_mode'], given);
    }
  }
});

test('an edit keeps the mode, counts the draft and gives the new tag', async () => {
  const { id } = await create();
  const saved = await world.ask(user, {
    method: 'PUT',
    url: `${BASE}/${id}`,
    payload: { ...testDocument('Two'), trading_mode: 'live' },
    headers: { 'if-match': '"1"' },
  });
  assert.equal(saved.statusCode, 200);
  assert.equal(saved.headers['etag'], '"2"');
  assert.equal(saved.json<PipelineDetailWire>().name, 'Two');
  assert.equal(saved.json<PipelineDetailWire>().trading_mode, 'simulation');
});

test('an edit of an older draft is refused with the current one', async () => {
  const { id } = await create();
  const edit = (name: string) =>
    world.ask(user, {
      method: 'PUT',
      url: `${BASE}/${id}`,
      payload: testDocument(name),
      headers: { 'if-match': '"1"' },
    });
  assert.equal((await edit('First')).statusCode, 200);
  const late = await edit('Second');
  assert.equal(late.statusCode, 412);
  const problem = late.json<ProblemWire & { current: PipelineDetailWire }>();
  assert.equal(problem.code, 'pipeline/stale-version');
  assert.equal(problem.current.name, 'First');
});

test('a document with a wrong field is refused by name and nothing is saved', async () => {
  const count = async () =>
    (await world.ask(user, { url: `${BASE}?limit=200` })).json<{ items: unknown[] }>().items.length;
  const before = await count();
  const answer = await post(BASE, { ...testDocument(), primary_timeframe: '7m' });
  assert.equal(answer.statusCode, 422);
  const problem = answer.json<ProblemWire>();
  assert.equal(problem.code, 'pipeline/unreadable');
  assert.equal(problem.errors[0]?.path, 'primary_timeframe');
  assert.equal(await count(), before);
});

test('validation names a cycle, a missing input and an unknown agent, and changes nothing', async () => {
  const document = {
    name: 'Bad',
    symbol: 'ORBX',
    nodes: [
      { id: 'a', agent_type: 'look' },
      { id: 'b', agent_type: 'plan' },
      { id: 'c', agent_type: 'nobody' },
    ],
    edges: [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ],
  };
  const { problems } = (await post(`${BASE}/validate`, document)).json<{ problems: { code: string }[] }>();
  const codes = problems.map((problem) => problem.code);
  assert.ok(codes.includes('cycle'), codes.join());
  assert.ok(codes.includes('unknown_agent'), codes.join());
  const fine = (await post(`${BASE}/validate`, testDocument())).json<{ problems: object[]; order: string[] }>();
  assert.deepEqual(fine.order, ['start', 'look', 'plan']);
});

test('publishing freezes the draft once, and again only after an edit', async () => {
  const { id } = await create();
  const first = (await post(`${BASE}/${id}/publish`, { note: 'first' })).json<{
    version: number;
    content_hash: string;
  }>();
  const again = (await post(`${BASE}/${id}/publish`)).json<{ version: number }>();
  assert.equal(first.version, 1);
  assert.equal(again.version, 1, 'the same draft is the same version');
  await world.ask(user, { method: 'PUT', url: `${BASE}/${id}`, payload: testDocument('Edited') });
  const draft = (await world.ask(user, { url: `${BASE}/${id}` })).json<PipelineDetailWire>();
  assert.equal(draft.has_unpublished_changes, true);
  assert.equal((await post(`${BASE}/${id}/publish`)).json<{ version: number }>().version, 2);
  const { items } = (await world.ask(user, { url: `${BASE}/${id}/versions` })).json<{
    items: { version: number; note: string | null }[];
  }>();
  assert.deepEqual(
    items.map(({ version, note }) => [version, note]),
    [
      [2, null],
      [1, 'first'],
    ],
  );
  const frozen = (await world.ask(user, { url: `${BASE}/${id}/versions/1` })).json<{ document: { name: string } }>();
  assert.equal(frozen.document.name, 'Look and plan');
  assert.equal(
    (await world.ask(user, { url: `${BASE}/${id}` })).json<PipelineDetailWire>().has_unpublished_changes,
    false,
  );
});

test('a draft with problems is saved but not published', async () => {
  const { id } = await create({ ...testDocument(), edges: [] });
  const answer = await post(`${BASE}/${id}/publish`);
  assert.equal(answer.statusCode, 422);
  assert.equal(answer.json<ProblemWire>().code, 'pipeline/has-problems');
  assert.ok(answer.json<ProblemWire>().errors.length > 0);
});

test('a run publishes what is not published, and says where it runs', async () => {
  const { id } = await create();
  const answer = await post(`${BASE}/${id}/run`, { source: { kind: 'demo_tape', speed: 10 } });
  assert.equal(answer.statusCode, 202);
  const { execution_id } = answer.json<{ execution_id: string }>();
  const execution = (await world.ask(user, { url: `/api/v1/executions/${execution_id}` })).json<{
    source: object;
    version: number;
  }>();
  assert.deepEqual(execution.source, {
    kind: 'demo_tape',
    tape_id: 'breakout',
    speed: 10,
    label: 'Synthetic test data',
    synthetic: true,
  });
  assert.equal(execution.version, 1);
  const pipeline = (await world.ask(user, { url: `${BASE}/${id}` })).json<PipelineDetailWire>();
  assert.equal(pipeline.open_execution_id, execution_id);
  const second = await post(`${BASE}/${id}/run`);
  assert.equal(second.statusCode, 409);
  assert.equal(second.json<ProblemWire>().code, 'pipeline/already-running');
});

test('a run on a tape without the symbol, or on no tape, is refused and publishes nothing', async () => {
  const { id } = await create(testDocument('Elsewhere', 'MSFT'));
  for (const [payload, code] of [
    [{}, 'tape/unknown'],
    [{ source: { kind: 'demo_tape', tape_id: 'nowhere' } }, 'tape/unknown'],
    [{ source: { kind: 'demo_tape', tape_id: 'breakout' } }, 'bars/unknown-symbol'],
  ] as const) {
    const answer = await post(`${BASE}/${id}/run`, payload);
    assert.equal(answer.statusCode, 422, answer.body);
    assert.equal(answer.json<ProblemWire>().code, code);
  }
  assert.equal((await world.ask(user, { url: `${BASE}/${id}` })).json<PipelineDetailWire>().published_version, null);
});

test('starting arms, stopping disarms, and only what is at rest is archived', async () => {
  const { id } = await create();
  const started = (await post(`${BASE}/${id}/start`)).json<PipelineDetailWire>();
  assert.equal(started.state_text, 'armed: waits for RSI(14) on 1d below 30');
  assert.equal((await post(`${BASE}/${id}/start`)).statusCode, 409);
  assert.equal((await world.ask(user, { method: 'DELETE', url: `${BASE}/${id}` })).statusCode, 409);
  assert.equal((await post(`${BASE}/${id}/stop`)).json<PipelineDetailWire>().state, 'stopped');
  assert.equal((await world.ask(user, { method: 'DELETE', url: `${BASE}/${id}` })).statusCode, 204);
  const { items } = (await world.ask(user, { url: `${BASE}?limit=200` })).json<{ items: { id: string }[] }>();
  assert.ok(!items.some((item) => item.id === id), 'archived pipelines are not listed');
  assert.equal((await post(`${BASE}/${id}/run`)).json<ProblemWire>().code, 'pipeline/archived');
});

test('what is exported can be imported, as a new pipeline', async () => {
  const { id, config } = await create();
  const document = (await world.ask(user, { url: `${BASE}/${id}/export` })).json<object>();
  assert.deepEqual(document, config);
  const imported = (await post(`${BASE}/import`, document)).json<PipelineDetailWire>();
  assert.notEqual(imported.id, id);
  assert.deepEqual({ ...imported.config, id }, config);
});

test('a request repeated under its key does nothing and gets the same answer; another request is refused', async () => {
  const key = { 'idempotency-key': randomUUID() };
  const [first, second] = await Promise.all([
    post(BASE, testDocument('Once'), key),
    post(BASE, testDocument('Once'), key),
  ]);
  assert.equal(first.statusCode, 201);
  assert.deepEqual(second.json(), first.json());
  assert.equal([first, second].filter((answer) => answer.headers['idempotent-replay'] === 'true').length, 1);
  const other = await post(BASE, testDocument('Twice'), key);
  assert.equal(other.statusCode, 422);
  assert.equal(other.json<ProblemWire>().code, 'request/idempotency-mismatch');
});

test('a request that failed may be tried again under its key', async () => {
  const { id } = await create({ ...testDocument(), edges: [] });
  const key = { 'idempotency-key': randomUUID() };
  assert.equal((await post(`${BASE}/${id}/publish`, {}, key)).statusCode, 422);
  await world.ask(user, { method: 'PUT', url: `${BASE}/${id}`, payload: testDocument() });
  assert.equal((await post(`${BASE}/${id}/publish`, {}, key)).statusCode, 200);
});

test('pages follow one another without gap or repetition, whatever is created in between', async () => {
  const reader = await world.addUser('reader');
  const add = (name: string) => world.ask(reader, { method: 'POST', url: BASE, payload: testDocument(name) });
  for (const name of ['a', 'b', 'c', 'd', 'e']) await add(name);
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const url: string = `${BASE}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page: { items: { name: string }[]; next_cursor: string | null } = (await world.ask(reader, { url })).json();
    seen.push(...page.items.map((item) => item.name));
    cursor = page.next_cursor;
    await add('late');
  }
  assert.deepEqual(seen, ['e', 'd', 'c', 'b', 'a']);
  assert.equal((await world.ask(reader, { url: `${BASE}?cursor=nonsense` })).statusCode, 400);
});

test('P7: a list costs the same statements for one row and for many', async () => {
  const reader = await world.addUser('reader');
  const cost = async () => {
    world.statements();
    await world.ask(reader, { url: BASE });
    return world.statements().length;
  };
  await world.ask(reader, { method: 'POST', url: BASE, payload: testDocument() });
  const one = await cost();
  for (let i = 0; i < 5; i++) await world.ask(reader, { method: 'POST', url: BASE, payload: testDocument() });
  assert.equal(await cost(), one);
  assert.equal(one, 5, 'who asks, begin, as whom, the page, commit');
});
