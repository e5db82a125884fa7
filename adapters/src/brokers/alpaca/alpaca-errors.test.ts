import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CancelOutcome } from '@bellwether/ports';
import { cancelOutcome, rateLimitOf, readFailure, sendOutcome } from './alpaca-errors.ts';
import type { AlpacaReply } from './alpaca-http.ts';

function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): AlpacaReply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'answer', status, json: typeof body === 'string' ? undefined : body, text, headers: { ...headers } };
}
const SILENCE: AlpacaReply = { kind: 'no_answer', cause: 'socket hang up' };
const HTML = '<html><body>Bad gateway</body></html>';

/** Status, body → what became of the order. */
const SENT: readonly (readonly [number, unknown, string])[] = [
  [422, { code: 40010001, message: 'client_order_id must be unique' }, 'duplicate'],
  [422, { code: 40010001 }, 'duplicate'],
  [409, { message: 'conflict' }, 'duplicate'],
  [400, { message: 'client_order_id must be unique' }, 'duplicate'],
  [422, { code: 40010001, message: 'qty must be an integer' }, 'refused order 40010001'],
  [422, { code: 42210000, message: 'bracket orders must be entry orders' }, 'refused order 42210000'],
  [422, { message: 'invalid type' }, 'refused order http_422'],
  [400, { code: 40010000, message: 'request body format is invalid' }, 'refused order 40010000'],
  [404, { code: 40410000, message: 'order not found' }, 'refused order 40410000'],
  [403, { code: 40310000, message: 'insufficient buying power' }, 'refused order 40310000'],
  [
    403,
    { code: 40310000, message: 'insufficient qty available for order (requested: 10, available: 0)' },
    'refused order 40310000',
  ],
  [403, { code: 40310000, message: 'potential wash trade detected. use complex orders' }, 'refused order 40310000'],
  [403, { code: 42210000, message: 'asset "XYZ" cannot be sold short' }, 'refused order 42210000'],
  [403, { code: 40310000, message: 'account is not allowed to short' }, 'refused order 40310000'],
  [
    403,
    { code: 40310000, message: 'new orders are rejected by user request: trading is suspended' },
    'refused account 40310000',
  ],
  [403, { code: 40310000, message: 'account is restricted to closing transactions only' }, 'refused account 40310000'],
  [403, { code: 40310000, message: 'account not authorized to trade' }, 'refused account 40310000'],
  [403, { message: 'forbidden.' }, 'refused account http_403'],
  [401, { code: 40110000, message: 'request is not authorized' }, 'refused account 40110000'],
  [401, HTML, 'refused account http_401'],
  [408, {}, 'unknown'],
  [425, {}, 'unknown'],
  [429, { code: 42910000, message: 'rate limit exceeded' }, 'unknown'],
  [500, { message: 'internal server error' }, 'unknown'],
  [502, HTML, 'unknown'],
  [503, HTML, 'unknown'],
  [504, HTML, 'unknown'],
  [302, HTML, 'unknown'],
  [418, {}, 'unknown'],
];
for (const [status, body, expected] of SENT) {
  test(`an order answered ${status} ${JSON.stringify(body)} is ${expected}`, () => {
    const outcome = sendOutcome(answer(status, body));
    const told = outcome.kind === 'refused' ? `refused ${outcome.scope} ${outcome.code}` : outcome.kind;
    assert.equal(told, expected);
    if (outcome.kind === 'refused') assert.notEqual(outcome.text, '');
  });
}
test('an order that nobody answered is unknown, with the cause', () => {
  assert.deepEqual(sendOutcome(SILENCE), { kind: 'unknown', cause: 'socket hang up' });
});

const CANCELED: readonly (readonly [AlpacaReply, CancelOutcome])[] = [
  [answer(204, ''), 'requested'],
  [answer(422, { message: 'order is already in "filled" state' }), 'already_terminal'],
  [answer(422, { message: 'order is already in "pending_cancel" state' }), 'requested'],
  [answer(422, { message: 'cannot cancel an order in "pending_replace" state' }), 'unknown'],
  [answer(404, { message: 'order not found' }), 'unknown'],
  [answer(401, {}), 'unknown'],
  [answer(429, {}), 'unknown'],
  [answer(504, HTML), 'unknown'],
  [SILENCE, 'unknown'],
];
for (const [reply, expected] of CANCELED) {
  test(`a cancel answered ${JSON.stringify(reply)} is ${expected}`, () => {
    assert.equal(cancelOutcome(reply), expected);
  });
}

const READ: readonly (readonly [AlpacaReply, string])[] = [
  [SILENCE, 'retryable broker/unreachable'],
  [answer(408, {}), 'retryable broker/unreachable'],
  [answer(500, {}), 'retryable broker/unreachable'],
  [answer(504, HTML), 'retryable broker/unreachable'],
  [answer(200, HTML), 'retryable broker/unreachable'],
  [answer(404, HTML), 'retryable broker/unreachable'],
  [answer(429, {}), 'retryable broker/throttled'],
  [answer(401, {}), 'rejected broker/unauthorized'],
  [answer(403, { message: 'forbidden.' }), 'rejected broker/unauthorized'],
  [answer(422, { message: 'invalid start' }), 'bug broker/bad-answer'],
];
for (const [reply, expected] of READ) {
  test(`a read answered ${JSON.stringify(reply)} fails as ${expected}`, () => {
    const { kind, code } = readFailure(reply, 'orders');
    assert.equal(`${kind} ${code}`, expected);
  });
}

test('a throttled read says when to come back', () => {
  const headers = { 'x-ratelimit-limit': '200', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1751376660' };
  assert.equal(readFailure(answer(429, {}, headers), 'orders').details['resetsAt'], '2025-07-01T13:31:00Z');
  assert.equal(readFailure(answer(429, {}, { 'retry-after': '3' }), 'orders').details['retryAfterMs'], 3_000);
  const limit = rateLimitOf(answer(200, {}, headers));
  assert.deepEqual([limit?.limit, limit?.remaining], [200, 0]);
  assert.equal(rateLimitOf(answer(200, {}, { 'x-ratelimit-limit': 'many' })), undefined);
  assert.equal(rateLimitOf(SILENCE), undefined);
});
