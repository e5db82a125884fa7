import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import type {
  CloseCommandWire,
  CommandAcceptedWire,
  HeldPositionWire,
  KillSwitchStateWire,
  OrderDetailWire,
  OrderRecordWire,
  PositionDetailWire,
  PositionGroupWire,
  ProblemWire,
  StreamEventWire,
} from '@bellwether/contracts';
import { addAccount, addHolding, asEngine, endHolding } from '../../account.fake.ts';
import { addHistory, type History } from '../../history.fake.ts';
import { openWorld, type TestUser, type World } from '../../world.fake.ts';

interface Positions {
  readonly items: HeldPositionWire[];
  readonly groups: PositionGroupWire[];
  readonly external: { readonly symbol: string; readonly side: string; readonly quantity: string }[];
  readonly as_of_seq: number;
}

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

async function get<T>(url: string): Promise<T> {
  const answer = await world.ask(user, { url: `/api/v1${url}` });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json<T>();
}
async function post(url: string, payload: object, headers: Record<string, string> = {}) {
  return world.ask(user, { method: 'POST', url: `/api/v1${url}`, payload, headers });
}
async function accepted(url: string, payload: object, headers: Record<string, string> = {}) {
  const answer = await post(url, payload, headers);
  assert.equal(answer.statusCode, 202, answer.body);
  return answer.json<CommandAcceptedWire>();
}
const inbox = () => asEngine(world)('SELECT kind, key, body FROM engine.account_inbox WHERE account_id = $1', account);

test('a position says whose it is, what protects it and what it is worth; accounts are never summed', async () => {
  const held = await addHolding(world, user, account, history, { naked: 3 });
  await asEngine(world)(
    `UPDATE engine.accounts SET external = '[{"symbol": "MSFT", "quantity": "-5", "average_entry": "400.1"}]' WHERE id = $1`,
    account,
  );
  const { items, groups, external, as_of_seq } = await get<Positions>('/positions');
  assert.equal(items.length, 2);
  const position = items.find(({ id }) => id === held.positionId);
  assert.deepEqual(position?.account, {
    id: account,
    kind: 'broker',
    label: 'paper',
    name: 'Alpaca paper',
    trading_mode: 'paper',
  });
  assert.equal(position.pipeline.id, history.pipelineId);
  assert.deepEqual(
    [position.unrealized_pnl, position.unrealized_pct, position.unrealized_r, position.initial_stop],
    ['10.00', 1, 0.5, '98.00'],
  );
  assert.deepEqual(position.protection, {
    covered: '7',
    naked: '3',
    naked_share_seconds: '12.5',
    armed: false,
    stop_order_id: held.stopId,
    stop_since: '2026-03-13T15:00:00Z',
    text: '3 of 10 shares have no armed stop',
  });
  assert.deepEqual(position.flags, ['t1_done']);
  const simulated = items.find(({ id }) => id === history.positionId);
  assert.equal(simulated?.protection.text, '10 of 10 shares have no armed stop');
  assert.equal(simulated.last_price_at, '2026-03-13T14:00:00Z');
  assert.deepEqual(
    groups.map((group) => [group.account.id === account, group.open, group.unrealized_pnl, group.naked]),
    [
      [true, 1, '10.00', '3'],
      [false, 1, '17.50', '10'],
    ],
  );
  assert.deepEqual(
    external.map(({ symbol, side, quantity }) => [symbol, side, quantity]),
    [['MSFT', 'short', '5']],
  );
  assert.ok(as_of_seq > 0);
});

test('a position is found by id or by symbol, with its orders, fills and stops', async () => {
  const held = await addHolding(world, user, account, history);
  for (const ref of [held.positionId, 'aapl']) {
    const position = await get<PositionDetailWire>(`/positions/${ref}`);
    assert.equal(position.id, held.positionId);
    assert.deepEqual(
      position.orders.map((order) => [order.order_id, order.leg, order.is_open, order.fills.length]),
      [
        [held.entryId, 'entry', false, 1],
        [held.stopId, 'stop', true, 0],
      ],
    );
    assert.deepEqual(
      position.stop_moves.map(({ stop_price, status }) => [stop_price, status]),
      [['98.00', 'working']],
    );
    assert.equal(position.protection.text, '10 of 10 shares have a stop at the broker');
  }
});

test('a symbol that two accounts hold needs an id, and the refusal lists them', async () => {
  const one = await addHolding(world, user, account, history);
  const two = await addHolding(world, user, await addAccount(world, user), history);
  for (const answer of [
    await world.ask(user, { url: '/api/v1/positions/AAPL' }),
    await post('/positions/AAPL/close', { reason: 'enough' }),
  ]) {
    const problem = answer.json<ProblemWire & { positions: { id: string }[] }>();
    assert.equal(answer.statusCode, 409);
    assert.equal(problem.code, 'position/ambiguous');
    assert.deepEqual(problem.positions.map(({ id }) => id).sort(), [one.positionId, two.positionId].sort());
  }
  assert.deepEqual(await inbox(), []);
});

test('closing writes the request, the latch, the record, the audit entry and the news at once, and walks to closed', async () => {
  const held = await addHolding(world, user, account, history);
  const { as_of_seq: before } = await get<Positions>('/positions');
  const command = await accepted(`/positions/${held.positionId}/close`, { reason: 'news' });
  assert.equal(command.text, 'closing 10 AAPL: its orders are canceled, then what is held is closed at market');
  const [request] = await inbox();
  assert.equal(request?.['kind'], 'close');
  assert.deepEqual(request['body'], {
    position_id: held.positionId,
    reason: 'manual',
    intervention_id: command.command_id,
  });
  const latched = await asEngine(world)(
    'SELECT symbol, reason FROM engine.symbol_latches WHERE pipeline_id = $1 AND released_at IS NULL',
    history.pipelineId,
  );
  assert.deepEqual(latched, [{ symbol: 'AAPL', reason: 'news' }]);
  const { items } = await get<{ items: { kind: string; target: string; reason: string }[] }>('/safety/interventions');
  assert.deepEqual([items[0]?.kind, items[0]?.target, items[0]?.reason], ['close', held.positionId, 'news']);
  const audited = await get<{ items: { action: string; subject_id: string }[] }>('/safety/audit?limit=1');
  assert.deepEqual([audited.items[0]?.action, audited.items[0]?.subject_id], ['close', command.command_id]);
  const news = await get<{ items: StreamEventWire[] }>(`/events?since=${before}`);
  assert.deepEqual(
    news.items.map(({ event }) => event),
    ['intervention_recorded'],
  );

  const follow = async () => (await get<CloseCommandWire>(`/positions/commands/${command.command_id}`)).positions[0];
  assert.deepEqual([(await follow())?.outcome, (await follow())?.step], ['working', 'asked']);
  assert.equal((await get<PositionDetailWire>('/positions/AAPL')).close_command_id, command.command_id);
  await asEngine(world)("UPDATE engine.positions SET state = 'closing' WHERE id = $1", held.positionId);
  assert.deepEqual([(await follow())?.outcome, (await follow())?.step], ['working', 'canceling']);
  await endHolding(world, user, held);
  const ended = await get<CloseCommandWire>(`/positions/commands/${command.command_id}`);
  assert.equal(ended.is_done, true);
  const [outcome] = ended.positions;
  assert.deepEqual(
    [outcome?.outcome, outcome?.step, outcome?.average_exit, outcome?.realized_pnl, outcome?.remaining],
    ['closed', 'ended', '101.00', '9.00', '0'],
  );
  assert.deepEqual(
    outcome?.fills.map(({ price, quantity }) => [price, quantity]),
    [['101.00', '10']],
  );
  const again = await post(`/positions/${held.positionId}/close`, { reason: 'again' });
  assert.equal(again.json<ProblemWire>().code, 'position/closed');
});

test('however often close is clicked, and with whatever key, it is one command until it has ended', async () => {
  const held = await addHolding(world, user, account, history);
  const url = `/positions/${held.positionId}/close`;
  const key = { 'idempotency-key': randomUUID() };
  const answers = await Promise.all([
    accepted(url, { reason: 'now' }, key),
    accepted(url, { reason: 'now' }, key),
    accepted(url, { reason: 'now' }),
    accepted(url, { reason: 'once more' }, { 'idempotency-key': randomUUID() }),
  ]);
  assert.equal(new Set(answers.map(({ command_id }) => command_id)).size, 1);
  assert.equal((await inbox()).length, 1);
});

test('a request that the account refused may be made again', async () => {
  const held = await addHolding(world, user, account, history);
  const url = `/positions/${held.positionId}/close`;
  const first = await accepted(url, { reason: 'now' });
  await asEngine(world)(
    "UPDATE engine.account_inbox SET done_at = now(), outcome = 'failed', outcome_text = 'the market is halted' WHERE account_id = $1",
    account,
  );
  const command = await get<CloseCommandWire>(`/positions/commands/${first.command_id}`);
  assert.deepEqual(
    [command.is_done, command.positions[0]?.outcome, command.positions[0]?.text],
    [true, 'failed', 'the market is halted'],
  );
  const second = await accepted(url, { reason: 'now' });
  assert.notEqual(second.command_id, first.command_id);
  assert.equal((await inbox()).length, 2);
});

test('a simulated position is closed by its session; one whose session has ended is nobody’s to close', async () => {
  const command = await accepted(`/positions/${history.positionId}/close`, { reason: 'enough' });
  const requests = await asEngine(world)('SELECT kind, body FROM engine.session_requests WHERE user_id = $1', user.id);
  assert.deepEqual(requests, [
    {
      kind: 'close',
      body: { position_id: history.positionId, reason: 'manual', intervention_id: command.command_id },
    },
  ]);
  const other = await addHistory(world, user, 'Other');
  await asEngine(world)(
    "UPDATE engine.sessions SET status = 'ended', ended_at = now() WHERE pipeline_id = $1",
    other.pipelineId,
  );
  const answer = await post(`/positions/${other.positionId}/close`, { reason: 'enough' });
  assert.equal(answer.statusCode, 409);
  assert.match(answer.json<ProblemWire>().detail, /its session has ended/);
});

test('close all is typed, halts everything with flatten, and follows each position; two clicks are one switch', async () => {
  const held = await addHolding(world, user, account, history);
  const typo = await post('/positions/close-all', { confirm: 'close', reason: 'out' });
  assert.equal(typo.statusCode, 400);
  const key = { 'idempotency-key': randomUUID() };
  const [first, second] = await Promise.all([
    accepted('/positions/close-all', { confirm: 'close all', reason: 'out' }, key),
    accepted('/positions/close-all', { confirm: 'close all', reason: 'out' }, key),
  ]);
  assert.equal(first.command_id, second.command_id);
  assert.deepEqual(first.positions.toSorted(), [held.positionId, history.positionId].toSorted());
  const state = await get<KillSwitchStateWire>('/safety/kill-switch');
  assert.deepEqual(
    state.engaged.map(({ scope, flatten, reason }) => [scope, flatten, reason]),
    [['user', true, 'out']],
  );
  assert.equal((await inbox()).length, 1);
  const command = await get<CloseCommandWire>(`/positions/commands/${first.command_id}`);
  assert.deepEqual(
    command.positions.map(({ outcome }) => outcome),
    ['working', 'working'],
  );
});

test('neither a close nor a stop waits for whoever works on the account', async () => {
  const held = await addHolding(world, user, account, history);
  const keeper = await world.database.engine.pool.connect();
  try {
    await keeper.query('BEGIN');
    await keeper.query('SELECT 1 FROM engine.accounts WHERE id = $1 FOR NO KEY UPDATE', [account]);
    await keeper.query('UPDATE engine.accounts SET busy = true WHERE id = $1', [account]);
    await accepted(`/positions/${held.positionId}/close`, { reason: 'now' });
    await accepted('/positions/close-all', { confirm: 'close all', reason: 'now' });
  } finally {
    await keeper.query('ROLLBACK');
    keeper.release();
  }
});

test('orders are found by state, symbol, pipeline, account and position, and paged', async () => {
  const held = await addHolding(world, user, account, history);
  const ids = async (query: string) =>
    (await get<{ items: OrderRecordWire[] }>(`/orders?${query}`)).items.map((order) => order.order_id);
  assert.deepEqual(await ids('status=open'), [held.stopId]);
  assert.deepEqual((await ids('symbol=aapl')).toSorted(), [held.entryId, held.stopId].toSorted());
  assert.deepEqual(await ids('symbol=ORBX'), [history.orderId]);
  assert.deepEqual((await ids(`account_id=${account}`)).length, 2);
  assert.deepEqual(await ids(`position_id=${held.positionId}&status=open`), [held.stopId]);
  assert.equal((await ids(`pipeline_id=${history.pipelineId}`)).length, 3);
  const first = await get<{ items: OrderRecordWire[]; next_cursor: string }>('/orders?limit=2');
  const next = await get<{ items: OrderRecordWire[] }>(`/orders?limit=2&cursor=${first.next_cursor}`);
  assert.equal(new Set([...first.items, ...next.items].map((order) => order.order_id)).size, 3);
  const order = await get<OrderDetailWire>(`/orders/${held.entryId}`);
  assert.deepEqual(
    [order.status, order.average_price, order.commission, order.status_text],
    ['filled', '100.00', '0.05', 'filled'],
  );
  assert.deepEqual(
    order.fills.map(({ price, quantity, amount, fee }) => [price, quantity, amount, fee]),
    [['100.00', '10', '1000.00', '0.05']],
  );
});

test('trades are read one by one, and as a table that no spreadsheet runs', async () => {
  const trade = await get<{ id: string; pnl: string }>(`/trades/${history.positionId}`);
  assert.equal(trade.pnl, '29.90');
  const answer = await world.ask(user, { url: '/api/v1/trades.csv?trading_mode=simulation' });
  assert.equal(answer.headers['content-type'], 'text/csv; charset=utf-8');
  const [head, row] = answer.body.split('\r\n');
  assert.match(head ?? '', /^id,trading_mode,symbol,side,quantity,/);
  assert.match(
    row ?? '',
    new RegExp(`^${history.positionId},simulation,ORBX,short,10,.*,29.90,0.10,0.00,1.495,target_1,`),
  );
  assert.equal((await world.ask(user, { url: '/api/v1/trades.csv?trading_mode=live' })).body.split('\r\n').length, 2);
});

test('what is unknown or somebody else’s is not found', async () => {
  const stranger = await world.addUser('stranger');
  const held = await addHolding(world, user, account, history);
  for (const [method, url] of [
    ['GET', `/positions/${held.positionId}`],
    ['GET', '/positions/AAPL'],
    ['GET', '/positions/NVDA'],
    ['POST', `/positions/${held.positionId}/close`],
    ['GET', `/orders/${held.entryId}`],
    ['GET', `/trades/${history.positionId}`],
    ['GET', `/positions/commands/${history.commandId}`],
  ] as const) {
    const answer = await world.ask(stranger, { method, url: `/api/v1${url}`, payload: { reason: 'x' } });
    assert.equal(answer.statusCode, 404, `${method} ${url}`);
  }
  assert.deepEqual(await inbox(), []);
});

test('lists and details cost the same statements for few rows and for many', async () => {
  const urls = ['/positions', '/orders', '/positions/commands/'];
  const held = [await addHolding(world, user, account, history)];
  const cost = async () => {
    const { command_id } = await accepted('/positions/close-all', { confirm: 'close all', reason: 'count' });
    const counts: number[] = [];
    for (const url of urls) {
      world.statements();
      await get(url.endsWith('/') ? `${url}${command_id}` : url);
      counts.push(world.statements().length);
    }
    return counts;
  };
  const few = await cost();
  for (const symbol of ['MSFT', 'NVDA', 'TSLA', 'AMD', 'META'])
    held.push(await addHolding(world, user, account, history, { symbol }));
  assert.deepEqual(await cost(), few);
  assert.deepEqual(few, [8, 5, 7]);
});
