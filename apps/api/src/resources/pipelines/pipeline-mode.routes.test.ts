import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PipelineDetailWire, PipelineModeWire, ProblemWire } from '@bellwether/contracts';
import { openWorld, type TestUser, testDocument, type World } from '../../world.fake.ts';

const BASE = '/api/v1/pipelines';
let world: World;
let user: TestUser;

before(async () => {
  world = await openWorld({ paperVenue: 'sandbox' });
  user = await world.addUser('user');
});
after(() => world[Symbol.asyncDispose]());

async function create(): Promise<PipelineDetailWire> {
  const answer = await world.ask(user, { method: 'POST', url: BASE, payload: testDocument() });
  return answer.json();
}

const change = (id: string, payload: object, as: TestUser = user) =>
  world.ask(as, { method: 'PATCH', url: `${BASE}/${id}/mode`, payload });

const missingOf = (answer: { json<T>(): T }) =>
  answer.json<ProblemWire & { missing?: { guard: string }[] }>().missing?.map(({ guard }) => guard);

describe('the trading mode of a pipeline', () => {
  test('goes to paper at the sandbox without an unlock, and says why none is needed', async () => {
    const { id, draft_version } = await create();
    const answer = await change(id, { mode: 'paper', reason: 'try it', expected_version: draft_version });
    assert.equal(answer.statusCode, 200, answer.body);
    const mode = answer.json<PipelineModeWire>();
    assert.deepEqual([mode.trading_mode, mode.venue, mode.draft_version], ['paper', 'sandbox', draft_version + 1]);
    assert.match(mode.ladder.find((step) => step.mode === 'paper')?.text ?? '', /no real account/);
    const { rows } = await world.database.engine.pool.query(
      'SELECT old_mode, new_mode, reason FROM engine.mode_changes WHERE pipeline_id = $1',
      [id],
    );
    assert.deepEqual(rows, [{ old_mode: 'simulation', new_mode: 'paper', reason: 'try it' }]);
    const audited = await world.database.engine.pool.query(
      "SELECT details FROM app.audit_log WHERE subject_id = $1 AND action = 'pipeline_mode_changed'",
      [id],
    );
    assert.equal(audited.rows.length, 1);
  });

  test('takes what is published along as a version of its own, and leaves unpublished edits unpublished', async () => {
    const { id } = await create();
    await world.ask(user, { method: 'POST', url: `${BASE}/${id}/publish`, payload: {} });
    const edited = await world.ask(user, { method: 'PUT', url: `${BASE}/${id}`, payload: testDocument('Edited') });
    const { draft_version } = edited.json<PipelineDetailWire>();
    await change(id, { mode: 'paper', reason: 'try it', expected_version: draft_version });
    const after = (await world.ask(user, { method: 'GET', url: `${BASE}/${id}` })).json<PipelineDetailWire>();
    assert.deepEqual(
      [after.trading_mode, after.config['trading_mode'], after.published_version, after.has_unpublished_changes],
      ['paper', 'paper', 2, true],
    );
    const version = await world.ask(user, { method: 'GET', url: `${BASE}/${id}/versions/2` });
    const { document } = version.json<{ document: { name: string; trading_mode: string } }>();
    assert.deepEqual([document.name, document.trading_mode], ['Look and plan', 'paper']);
  });

  test('is refused to live with everything that is missing', async () => {
    const { id, draft_version } = await create();
    const answer = await change(id, { mode: 'live', reason: 'rich', expected_version: draft_version });
    assert.equal(answer.statusCode, 422, answer.body);
    assert.equal(answer.json<ProblemWire>().code, 'pipeline/mode-guarded');
    assert.deepEqual(missingOf(answer), ['connection', 'unlocked', 'limits', 'step_up', 'confirmation']);
  });

  test('is refused from a draft that has moved on, and without a reason', async () => {
    const { id, draft_version } = await create();
    const stale = await change(id, { mode: 'paper', reason: 'x', expected_version: draft_version + 1 });
    assert.deepEqual([stale.statusCode, stale.json<ProblemWire>().code], [412, 'pipeline/stale-version']);
    const mute = await change(id, { mode: 'paper', reason: ' ', expected_version: draft_version });
    assert.equal(mute.statusCode, 400, mute.body);
  });

  test('is refused while the pipeline is started, both ways', async () => {
    const { id, draft_version } = await create();
    await world.ask(user, { method: 'POST', url: `${BASE}/${id}/start`, payload: {} });
    for (const mode of ['paper', 'validation']) {
      const answer = await change(id, { mode, reason: 'x', expected_version: draft_version });
      assert.equal(answer.statusCode, 422, answer.body);
      assert.deepEqual(missingOf(answer), ['at_rest']);
    }
  });

  test('is nobody else’s to read or change', async () => {
    const { id, draft_version } = await create();
    const other = await world.addUser('other');
    assert.equal(
      (await change(id, { mode: 'paper', reason: 'x', expected_version: draft_version }, other)).statusCode,
      404,
    );
    assert.equal((await world.ask(other, { method: 'GET', url: `${BASE}/${id}/mode` })).statusCode, 404);
  });
});
