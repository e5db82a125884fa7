import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import type {
  AccountLimitsWire,
  AuditEntryWire,
  InterventionWire,
  KillSwitchStateWire,
  KillSwitchWire,
  ProblemWire,
  StreamEventWire,
} from '@bellwether/contracts';
import { DAY_MS } from '@bellwether/domain';
import type { InjectOptions } from 'fastify';
import { addAccount, addHolding, asEngine } from '../../account.fake.ts';
import { addHistory, type History } from '../../history.fake.ts';
import { openWorld, PASSWORD, type TestUser, type World } from '../../world.fake.ts';

let world: World;
let user: TestUser;
let history: History;
let account: string;

before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  user = await world.addUser('user');
  history = await addHistory(world, user);
  account = await addAccount(world, user);
});

async function ask<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object, status = 200) {
  const request: InjectOptions = { method, url: `/api/v1${url}`, ...(payload === undefined ? {} : { payload }) };
  const answer = await world.ask(user, request);
  assert.equal(answer.statusCode, status, answer.body);
  return answer.json<T>();
}
const state = () => ask<KillSwitchStateWire>('GET', '/safety/kill-switch');
const engage = (body: object, status = 200) => ask<KillSwitchWire>('POST', '/safety/kill-switch', body, status);
const release = (body: object, status = 200) =>
  ask<KillSwitchStateWire & ProblemWire>('DELETE', '/safety/kill-switch', { reason: 'looked at', ...body }, status);
const stepUp = () => ask('POST', '/auth/step-up', { password: PASSWORD });
const standing = (target: string) =>
  asEngine(world)('SELECT scope, state, cause, flatten FROM engine.standing_of($1)', target);

test('a switch stands against every account from the answer on, says what is left to do, and is on record', async () => {
  await addHolding(world, user, account, history, { symbol: 'MSFT', state: 'opening', entry: 'partially_filled' });
  assert.deepEqual(
    [(await state()).is_engaged, (await state()).work],
    [false, { entries_total: 1, entries_canceled: 0, positions_open: 2, positions_closing: 0, protective_orders: 1 }],
  );
  const before = (await state()).as_of_seq;
  const engaged = await engage({ scope: 'user' });
  assert.deepEqual(
    [engaged.scope, engaged.scope_name, engaged.flatten, engaged.reason, engaged.engaged_by],
    ['user', 'Everything', false, 'stopped by hand', 'user'],
  );
  assert.deepEqual(engaged.progress, {
    entries_total: 1,
    entries_canceled: 0,
    positions_open: 2,
    positions_closing: 0,
    protective_orders: 1,
  });
  for (const target of [account, history.pipelineId])
    assert.deepEqual(await standing(target), [
      { scope: 'account', state: 'halted', cause: 'kill_switch', flatten: false },
    ]);
  await asEngine(world)(
    "UPDATE engine.orders SET state = 'canceled', updated_at = clock_timestamp() WHERE account_id = $1 AND leg = 'entry'",
    account,
  );
  const now = await state();
  assert.equal(now.is_engaged, true);
  assert.deepEqual(now.engaged[0]?.progress, {
    entries_total: 1,
    entries_canceled: 1,
    positions_open: 2,
    positions_closing: 0,
    protective_orders: 1,
  });
  const own = now.accounts.find((each) => each.account.id === account);
  assert.deepEqual([own?.state, own?.gate_open, own?.is_clean], ['halted', true, true]);
  const { items } = await ask<{ items: StreamEventWire[] }>('GET', `/events?since=${before}`);
  assert.deepEqual(
    items.map(({ event }) => event),
    ['kill_switch_changed', 'intervention_recorded'],
  );
  const audited = await ask<{ items: AuditEntryWire[] }>('GET', '/safety/audit?limit=1');
  assert.equal(audited.items[0]?.action, 'kill_switch');
});

test('two clicks at once are one switch; one that flattens takes the place of one that does not, and stays', async () => {
  const clicks = await Promise.all(Array.from({ length: 6 }, () => engage({ scope: 'account', scope_id: account })));
  assert.equal(new Set(clicks.map(({ id }) => id)).size, 1);
  const flattening = await engage({ scope: 'account', scope_id: account, flatten: true, reason: 'out' });
  assert.notEqual(flattening.id, clicks[0]?.id);
  assert.equal((await engage({ scope: 'account', scope_id: account })).id, flattening.id);
  assert.deepEqual(await standing(account), [
    { scope: 'account', state: 'halted', cause: 'kill_switch', flatten: true },
  ]);
  const { items } = await ask<{ items: InterventionWire[] }>('GET', '/safety/interventions');
  assert.equal(items.filter(({ kind }) => kind === 'kill_switch').length, 2);
});

test('a switch names something of the user', async () => {
  await engage({ scope: 'account' }, 400);
  await engage({ scope: 'account', scope_id: randomUUID() }, 404);
  const stranger = await world.addUser('stranger');
  for (const [scope, scope_id] of [
    ['account', account],
    ['pipeline', history.pipelineId],
  ]) {
    const answer = await world.ask(stranger, {
      method: 'POST',
      url: '/api/v1/safety/kill-switch',
      payload: { scope, scope_id },
    });
    assert.equal(answer.statusCode, 404);
  }
  assert.deepEqual((await state()).engaged, []);
});

test('a release needs the password of the last five minutes, given in this session', async () => {
  await engage({ scope: 'user' });
  assert.equal((await release({ scope: 'user' }, 403)).code, 'safety/step-up-required');
  const wrong = await ask<ProblemWire>('POST', '/auth/step-up', { password: 'guess' }, 401);
  assert.equal(wrong.code, 'auth/refused');
  const { until } = await ask<{ until: string }>('POST', '/auth/step-up', { password: PASSWORD });
  const left = Temporal.Instant.from(until).epochMilliseconds - Date.now();
  assert.ok(left > 290_000 && left <= 305_000, `five minutes, was ${left} ms`);
  await world.database.app.pool.query('SELECT 1');
  await world.database.administrator(
    `UPDATE app.sessions SET stepped_up_until = now() - interval '1 second' WHERE user_id = '${user.id}'`,
  );
  assert.equal((await release({ scope: 'user' }, 403)).code, 'safety/step-up-required');
  await stepUp();
  const after = await release({ scope: 'user' });
  assert.deepEqual([after.is_engaged, after.engaged], [false, []]);
  assert.deepEqual(await standing(account), []);
  const audited = await ask<{ items: AuditEntryWire[] }>('GET', '/safety/audit?limit=3');
  assert.deepEqual(
    audited.items.map(({ action }) => action),
    ['kill_switch_release', 'step_up', 'step_up'],
  );
  // Nothing stands any more: released again, nothing is recorded.
  await release({ scope: 'user' });
  assert.equal(
    (await ask<{ items: AuditEntryWire[] }>('GET', '/safety/audit?limit=1')).items[0]?.action,
    'kill_switch_release',
  );
});

test('the password is not guessed: after ten wrong ones even the right one waits', async () => {
  for (let i = 0; i < 10; i++) await ask('POST', '/auth/step-up', { password: `guess ${i}` }, 401);
  assert.equal(
    (await ask<ProblemWire>('POST', '/auth/step-up', { password: PASSWORD }, 429)).code,
    'auth/rate-limited',
  );
});

test('nothing is released while ledger and broker are not known to agree', async () => {
  await addHolding(world, user, account, history);
  await stepUp();
  await engage({ scope: 'account', scope_id: account });
  const query = asEngine(world);
  await query('UPDATE engine.accounts SET gate_open = false WHERE id = $1', account);
  const refused = await release({ scope: 'account', scope_id: account }, 409);
  assert.equal(refused.code, 'safety/not-releasable');
  assert.match(refused.detail, /Alpaca paper.*being reconciled now, try again in a moment/);
  // Its keeper is asked to look, once however often the release is tried.
  const asked = () =>
    query("SELECT key FROM engine.account_inbox WHERE account_id = $1 AND kind = 'reconcile'", account);
  assert.equal((await asked()).length, 1);
  await release({ scope: 'account', scope_id: account }, 409);
  assert.equal((await asked()).length, 1);
  await query("UPDATE engine.account_inbox SET done_at = now(), outcome = 'taken' WHERE account_id = $1", account);
  await query('UPDATE engine.accounts SET gate_open = true WHERE id = $1', account);
  const run = (clean: boolean) =>
    query(
      `INSERT INTO engine.reconciliation_runs (user_id, account_id, at, cause, clean) VALUES ($1, $2, clock_timestamp(), 'cadence', $3)`,
      user.id,
      account,
      clean,
    );
  await run(false);
  await release({ scope: 'account', scope_id: account }, 409);
  await engage({ scope: 'user' });
  await release({ scope: 'user' }, 409);
  assert.equal((await asked()).length, 2);
  await run(true);
  await release({ scope: 'account', scope_id: account });
  await release({ scope: 'user' });
  assert.deepEqual((await state()).engaged, []);
});

test('releasing an account or a pipeline ends the halts of the safety kernel, and leaves what ends by itself', async () => {
  const query = asEngine(world);
  const demand = (scope: string, pipelineId: string | null, is: string, cause: string) =>
    query(
      'INSERT INTO engine.safety_states (user_id, account_id, scope, pipeline_id, state, cause, text) VALUES ($1, $2, $3, $4, $5, $6, $6)',
      user.id,
      account,
      scope,
      pipelineId,
      is,
      cause,
    );
  await demand('account', null, 'halted', 'drawdown');
  await demand('account', null, 'reducing', 'naked_twice');
  await demand('account', null, 'reducing', 'daily_loss');
  await demand('pipeline', history.pipelineId, 'halted', 'order_rate');
  await engage({ scope: 'pipeline', scope_id: history.pipelineId });
  const release = `/pipelines/${history.pipelineId}/release`;
  await ask('POST', release, { reason: 'fixed' }, 403);
  await stepUp();
  await ask('POST', release, { reason: 'fixed' });
  await ask('DELETE', '/safety/kill-switch', { scope: 'account', scope_id: account, reason: 'looked at' });
  assert.deepEqual(await standing(account), [
    { scope: 'account', state: 'reducing', cause: 'daily_loss', flatten: false },
  ]);
  const { items } = await ask<{ items: InterventionWire[] }>('GET', '/safety/interventions?limit=2');
  assert.deepEqual(
    items.map(({ kind }) => kind),
    ['kill_switch_release', 'release'],
  );
  const [own] = (await state()).accounts.filter((each) => each.account.id === account);
  assert.deepEqual([own?.state, own?.obstacles.map(({ text }) => text)], ['reducing', ['daily_loss']]);
});

test('a symbol closed by hand stays shut until it is re-armed', async () => {
  await ask('POST', `/positions/${history.positionId}/close`, { reason: 'enough' }, 202);
  assert.deepEqual(await standing(history.pipelineId), [
    { scope: 'symbol', state: 'halted', cause: 'symbol_latched', flatten: false },
  ]);
  await ask('POST', `/pipelines/${history.pipelineId}/rearm`, { symbol: 'orbx' });
  await ask('POST', `/pipelines/${history.pipelineId}/rearm`, { symbol: 'orbx' });
  assert.deepEqual(await standing(history.pipelineId), []);
  const { items } = await ask<{ items: InterventionWire[] }>('GET', '/safety/interventions');
  assert.equal(items.filter(({ kind }) => kind === 'rearm').length, 1);
});

test('a limit is lowered at once; raised with the password, from the next session on; and a later lowering takes that back', async () => {
  const change = (limits: object, status = 200) =>
    ask<AccountLimitsWire & ProblemWire>('PUT', '/safety/limits', { account_id: account, limits, reason: 'x' }, status);
  const [first] = (await ask<{ items: AccountLimitsWire[] }>('GET', '/safety/limits')).items.filter(
    (each) => each.account.id === account,
  );
  assert.equal(first?.limits['max_open_positions'], 10);
  assert.deepEqual(first.limits, first.defaults);
  const before = (await state()).as_of_seq;

  const lowered = await change({ max_open_positions: 3, order_notional: 5000 });
  assert.deepEqual([lowered.limits['max_open_positions'], lowered.limits['order_notional']], [3, 5000]);
  assert.deepEqual(lowered.waiting, []);
  const kept = await asEngine(world)('SELECT limits FROM engine.accounts WHERE id = $1', account);
  assert.deepEqual(kept, [{ limits: { max_open_positions: 3, order_notional: 5000 } }]);
  const { items } = await ask<{ items: StreamEventWire[] }>('GET', `/events?since=${before}`);
  assert.deepEqual(
    items.map(({ event }) => event),
    ['limits_changed'],
  );

  const refused = await change({ max_open_positions: 20, order_notional: 100 }, 403);
  assert.equal(refused.code, 'safety/step-up-required');
  await stepUp();
  const raised = await change({ max_open_positions: 20, order_notional: 100, min_price: 0.5 });
  assert.deepEqual([raised.limits['max_open_positions'], raised.limits['order_notional']], [3, 100]);
  assert.deepEqual(raised.waiting, [
    { limits: { max_open_positions: 20, min_price: 0.5 }, effective_from: '2026-03-16T13:30:00Z' },
  ]);
  await change({ max_open_positions: 3 });
  world.advance(3 * DAY_MS);
  try {
    const [monday] = (await ask<{ items: AccountLimitsWire[] }>('GET', '/safety/limits')).items.filter(
      (each) => each.account.id === account,
    );
    assert.deepEqual([monday?.limits['max_open_positions'], monday?.limits['min_price']], [3, 0.5]);
    assert.deepEqual(monday?.waiting, []);
  } finally {
    world.advance(-3 * DAY_MS);
  }
});

test('a limit that cannot be is refused by name, and a simulated account has none', async () => {
  const change = (account_id: string, limits: object) =>
    world.ask(user, { method: 'PUT', url: '/api/v1/safety/limits', payload: { account_id, limits } });
  const negative = await change(account, { max_open_positions: -1 });
  assert.equal(negative.json<ProblemWire>().code, 'safety/bad-limit');
  assert.match(negative.json<ProblemWire>().detail, /^max_open_positions: expected a whole number from 0/);
  const unknown = await change(account, { max_luck: 1 });
  assert.equal(unknown.json<ProblemWire>().code, 'request/invalid');
  const [{ id } = { id: '' }] = (await asEngine(world)(
    "SELECT id FROM engine.accounts WHERE kind = 'simulated' AND user_id = $1",
    user.id,
  )) as { id: string }[];
  assert.equal((await change(id, { max_open_positions: 1 })).json<ProblemWire>().code, 'account/not-found');
});

test('the audit log is paged, and says where it was tampered with', async () => {
  for (let i = 0; i < 3; i++) await stepUp();
  interface Page {
    readonly items: AuditEntryWire[];
    readonly next_cursor: string | null;
    readonly chain: { readonly is_whole: boolean; readonly entries: number; readonly breaks: { seq: number }[] };
  }
  const first = await ask<Page>('GET', '/safety/audit?limit=2');
  const second = await ask<Page>('GET', `/safety/audit?limit=200&cursor=${first.next_cursor}`);
  const seqs = [...first.items, ...second.items].map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    Array.from({ length: first.chain.entries }, (_, i) => first.chain.entries - i),
  );
  assert.equal(first.chain.is_whole, true);
  await world.database.administrator(
    `ALTER TABLE app.audit_log DISABLE TRIGGER insert_only; UPDATE app.audit_log SET details = '{}' WHERE user_id = '${user.id}' AND seq = 2;
     ALTER TABLE app.audit_log ENABLE TRIGGER insert_only`,
  );
  const { chain } = await ask<Page>('GET', '/safety/audit?limit=1');
  assert.deepEqual([chain.is_whole, chain.breaks.map(({ seq }) => seq)], [false, [2]]);
});

test('a login is on record', async () => {
  const login = { email: user.email, password: PASSWORD };
  await world.api.inject({ method: 'POST', url: '/api/v1/auth/login', payload: login });
  const { items } = await ask<{ items: AuditEntryWire[] }>('GET', '/safety/audit?limit=1');
  assert.deepEqual([items[0]?.action, items[0]?.subject_type], ['login', 'session']);
});

test('the state of all stops costs the same statements for one account and for many', async () => {
  const cost = async () => {
    world.statements();
    await state();
    return world.statements().length;
  };
  const one = await cost();
  for (let i = 0; i < 4; i++) {
    const more = await addAccount(world, user);
    await addHolding(world, user, more, history);
    await engage({ scope: 'account', scope_id: more });
  }
  assert.equal(await cost(), one);
});

test('what accounts told of themselves is listed, the newest first, down to a level', async () => {
  const tell = (level: string, text: string, at: string) =>
    asEngine(world)(
      `INSERT INTO engine.alerts (user_id, account_id, level, code, symbol, text, at) VALUES ($1, $2, $3, 'naked', 'AAPL', $4, $5)`,
      user.id,
      account,
      level,
      text,
      at,
    );
  await tell('notice', 'a stop was put up again', '2026-03-13T14:00:00Z');
  await tell('alarm', '10 AAPL have no stop for 10 s', '2026-03-13T14:00:10Z');
  await tell('page', '10 AAPL have no stop for 30 s', '2026-03-13T14:00:30Z');
  const texts = async (query: string) =>
    (await ask<{ items: { level: string; text: string }[] }>('GET', `/safety/alerts${query}`)).items.map(
      ({ level, text }) => `${level}: ${text}`,
    );
  assert.deepEqual(await texts(''), [
    'page: 10 AAPL have no stop for 30 s',
    'alarm: 10 AAPL have no stop for 10 s',
    'notice: a stop was put up again',
  ]);
  assert.deepEqual(await texts('?level=page'), ['page: 10 AAPL have no stop for 30 s']);
});
