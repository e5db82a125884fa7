import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ProblemWire } from '@bellwether/contracts';
import { openDatabase } from '@bellwether/db';
import { MINUTE_MS } from '@bellwether/domain';
import type { LightMyRequestResponse } from 'fastify';
import { createApi } from './app.ts';
import { ensureDemoUser } from './demo-workspace.ts';
import { openWorld, PASSWORD, type TestUser, testDocument, type World } from './world.fake.ts';

let world: World;
let user: TestUser;
let webRoot: string;

before(async () => {
  webRoot = mkdtempSync(join(tmpdir(), 'bellwether-web-'));
  writeFileSync(join(webRoot, 'index.html'), '<app-root ngCspNonce="CSP_NONCE"></app-root>');
  writeFileSync(join(webRoot, 'main-ABCDEFGH.js'), 'void 0;');
  mkdirSync(join(webRoot, 'fonts'));
  writeFileSync(join(webRoot, 'fonts', 'inter.woff2'), 'font');
  world = await openWorld({ webRoot, checks: { worker: () => true } });
  user = await world.addUser('user');
});
after(async () => {
  await world[Symbol.asyncDispose]();
  rmSync(webRoot, { recursive: true });
});

function assertProblem(answer: LightMyRequestResponse, status: number, code: string, detail: RegExp): void {
  const problem = answer.json<ProblemWire>();
  assert.equal(answer.statusCode, status, answer.body);
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  assert.equal(problem.code, code);
  assert.equal(problem.status, status);
  assert.match(problem.detail, detail);
}

const login = (email: string, password: string, headers: Record<string, string> = {}) =>
  world.api.inject({ method: 'POST', url: '/api/v1/auth/login', payload: { email, password }, headers });

const cookieOf = (answer: LightMyRequestResponse) => answer.cookies[0] ?? assert.fail('expected a cookie');

test('bad JSON, another content type, too much, a wrong field and an unknown address each get one clear sentence', async () => {
  const send = (payload: string, type: string) =>
    world.ask(user, { method: 'POST', url: '/api/v1/pipelines', payload, headers: { 'content-type': type } });
  assertProblem(
    await send('{"name":', 'application/json'),
    400,
    'request/invalid',
    /^expected a body of valid JSON, was not/,
  );
  assertProblem(await send('name=x', 'application/x-www-form-urlencoded'), 415, 'request/invalid', /application\/json/);
  assertProblem(await send('"\\u0000"', 'application/json'), 400, 'request/invalid', /U\+0000/);
  assertProblem(
    await send(JSON.stringify('x'.repeat(2_000_000)), 'application/json'),
    413,
    'request/too-large',
    /at most 1 MiB/,
  );
  assertProblem(await send('[]', 'application/json'), 400, 'request/invalid', /^in the body: expected an object/);
  assertProblem(
    await send('{"__proto__":{"x":1},"name":"x"}', 'application/json'),
    400,
    'request/invalid',
    /valid JSON/,
  );
  assertProblem(await world.ask(user, { url: '/api/v1/nothing' }), 404, 'request/not-found', /GET \/api\/v1\/nothing/);
  assertProblem(
    await world.ask(user, { url: '/api/v1/pipelines/7' }),
    400,
    'request/invalid',
    /^id in the address: expected /,
  );
  assertProblem(
    await world.ask(user, { url: '/api/v1/pipelines?limit=1000' }),
    400,
    'request/invalid',
    /^limit in the query: expected /,
  );
});

test('signing in gives an httpOnly cookie that answers who one is, until signing out', async () => {
  const answer = await login(user.email.toUpperCase(), PASSWORD);
  assert.equal(answer.statusCode, 200, answer.body);
  const cookie = cookieOf(answer);
  assert.equal(cookie.name, 'bellwether_session');
  assert.equal(cookie.httpOnly, true);
  assert.equal(cookie.sameSite, 'Lax');
  const cookies = { [cookie.name]: cookie.value };
  const me = await world.api.inject({ url: '/api/v1/auth/me', cookies });
  assert.deepEqual(me.json(), answer.json());
  const out = await world.api.inject({
    method: 'POST',
    url: '/api/v1/auth/logout',
    cookies,
    headers: { origin: 'http://localhost:80', host: 'localhost:80' },
  });
  assert.equal(out.statusCode, 204, out.body);
  assertProblem(await world.api.inject({ url: '/api/v1/auth/me', cookies }), 401, 'auth/required', /signed-in user/);
});

test('behind https the cookie is bound to the host', async () => {
  await using secure = await openSecure();
  const answer = await secure.api.inject({
    method: 'POST',
    url: '/api/v1/auth/login',
    payload: { email: user.email, password: PASSWORD },
    headers: { 'x-forwarded-proto': 'https' },
  });
  assert.equal(cookieOf(answer).name, '__Host-bellwether_session');
  assert.equal(cookieOf(answer).secure, true);
});

async function openSecure() {
  const api = await createApi({ ...world.options, trustProxy: ['127.0.0.1'] });
  return { api, [Symbol.asyncDispose]: () => api.close() };
}

test('a page from elsewhere cannot act with the cookie; a bearer token needs no origin', async () => {
  const cookie = cookieOf(await login(user.email, PASSWORD));
  const create = (headers: Record<string, string>) =>
    world.api.inject({
      method: 'POST',
      url: '/api/v1/pipelines',
      payload: testDocument(),
      cookies: { [cookie.name]: cookie.value },
      headers: { host: 'desk.test', ...headers },
    });
  assertProblem(await create({ origin: 'http://evil.test' }), 403, 'auth/bad-origin', /http:\/\/desk\.test/);
  assertProblem(await create({}), 403, 'auth/bad-origin', /was missing/);
  assert.equal((await create({ origin: 'http://desk.test' })).statusCode, 201);
  assertProblem(await login(user.email, PASSWORD, { origin: 'http://evil.test' }), 403, 'auth/bad-origin', /Origin/);
  const byToken = await world.ask(user, { method: 'POST', url: '/api/v1/pipelines', payload: testDocument() });
  assert.equal(byToken.statusCode, 201);
});

test('a wrong password and an unknown address are answered alike, and too many attempts wait', async () => {
  const someone = await world.addUser('someone');
  const wrong = await login(someone.email, 'wrong');
  const unknown = await login('nobody@example.test', 'wrong');
  assertProblem(wrong, 401, 'auth/refused', /check both/);
  assert.deepEqual(unknown.json(), wrong.json());
  for (let i = 0; i < 8; i++) await login(someone.email, 'wrong');
  const late = await login(someone.email, PASSWORD);
  assertProblem(late, 429, 'auth/rate-limited', /wait \d+ seconds/);
  assert.equal(late.headers['retry-after'], '300');
  world.advance(6 * MINUTE_MS);
  assert.equal((await login(someone.email, PASSWORD)).statusCode, 200);
});

test('an expired or revoked session is nobody’s', async () => {
  const someone = await world.addUser('someone');
  await world.database.administrator(
    `UPDATE app.sessions SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day' WHERE user_id = '${someone.id}'`,
  );
  assert.equal((await world.ask(someone, { url: '/api/v1/auth/me' })).statusCode, 401);
});

test('the platform says that it is well, and when it is not', async () => {
  assert.deepEqual((await world.api.inject('/healthz')).json(), { status: 'ok' });
  assert.deepEqual((await world.api.inject('/readyz')).json(), {
    status: 'ok',
    checks: { database: 'ok', worker: 'ok' },
  });
  const away = openDatabase('postgres://nobody@127.0.0.1:1/none');
  const api = await createApi({ ...world.options, database: away });
  const ready = await api.inject('/readyz');
  assert.equal(ready.statusCode, 503);
  assert.equal(ready.json<{ checks: { database: string } }>().checks.database, 'unavailable');
  const answer = await api.inject({ url: '/api/v1/pipelines', headers: { authorization: 'Bearer x' } });
  assertProblem(answer, 503, 'database/unreachable', /^expected the database to answer/);
  await api.close();
  await away.close();
});

test('metrics count requests by route, never by address', async () => {
  await world.ask(user, { url: '/api/v1/pipelines/00000000-0000-4000-8000-000000000000' });
  const { body } = await world.api.inject('/metrics');
  assert.match(
    body,
    /http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/pipelines\/:id",status="404"\}/,
  );
  assert.ok(!body.includes('00000000-0000-4000'));
});

test('pages of the app get index.html with a nonce of their own, files their own lifetime, and the API never a page', async () => {
  const page = await world.api.inject('/executions/some-id');
  assert.equal(page.statusCode, 200);
  const nonce = /ngCspNonce="([^"]+)"/.exec(page.body)?.[1] ?? '';
  assert.ok(nonce.length >= 20 && nonce !== 'CSP_NONCE');
  assert.ok(String(page.headers['content-security-policy']).includes(`'nonce-${nonce}'`));
  assert.notEqual((await world.api.inject('/')).body, page.body, 'every answer has its own');
  const script = await world.api.inject('/main-ABCDEFGH.js');
  assert.match(String(script.headers['cache-control']), /immutable/);
  assert.equal((await world.api.inject('/fonts/inter.woff2')).headers['cache-control'], 'no-cache');
  assert.equal((await world.api.inject('/missing.js')).statusCode, 404);
  assert.equal((await world.api.inject('/api/v1/pipelinez')).statusCode, 404);
  assert.equal((await world.api.inject('/index.html')).body.includes('CSP_NONCE'), false);
});

test('the description names every schema once, maps every discriminator, and is browsable without a script', async () => {
  const { body } = await world.api.inject('/api/v1/openapi.json');
  const description = JSON.parse(body) as {
    openapi: string;
    components: { schemas: Record<string, { discriminator?: { mapping: Record<string, string> } }> };
  };
  assert.equal(description.openapi, '3.1.0');
  const mapping = description.components.schemas['JournalEvent']?.discriminator?.mapping ?? {};
  assert.equal(mapping['lane_blocked'], '#/components/schemas/LaneBlocked');
  assert.equal(Object.keys(mapping).length, 18);
  for (const [, name] of body.matchAll(/#\/components\/schemas\/(\w+)/g)) {
    assert.ok(name !== undefined && name in description.components.schemas, `${name} is described`);
  }
  assert.ok(!body.includes('x-name'));
  const docs = await world.api.inject('/docs');
  assert.match(docs.body, /listPipelines|List pipelines/);
  assert.ok(!docs.body.includes('<script'));
});

test('the demo user has one pipeline per template, once, however often the platform starts', async () => {
  const demo = { email: 'demo@example.test', displayName: 'Demo', password: 'first password' };
  const id = await ensureDemoUser(world.options, demo);
  assert.equal(await ensureDemoUser(world.options, { ...demo, password: 'second password' }), id);
  assert.equal((await login(demo.email, 'first password')).statusCode, 401);
  const cookie = cookieOf(await login(demo.email, 'second password'));
  const list = await world.api.inject({ url: '/api/v1/pipelines', cookies: { [cookie.name]: cookie.value } });
  const { items } = list.json<{ items: { template_id: string }[] }>();
  assert.deepEqual(
    items.map((item) => item.template_id),
    ['look-and-plan'],
  );
});
