import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type AlpacaReply, type AlpacaRequest, alpacaTransport } from './alpaca-http.ts';

interface Heard {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Sends one request to a server on loopback that answers like this, and returns the reply with all that the server heard. */
async function exchange(
  respond: (response: ServerResponse, request: IncomingMessage) => void,
  request: AlpacaRequest = { method: 'GET', path: '/v2/account' },
  timeoutMs = 5_000,
): Promise<{ readonly reply: AlpacaReply; readonly heard: readonly Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      heard.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      respond(response, incoming);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keys = { keyId: 'PKTEST', secretKey: 'secret' };
  const reply = await alpacaTransport({ baseUrl, keys, timeoutMs })(request);
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return { reply, heard };
}

const POST: AlpacaRequest = { method: 'POST', path: '/v2/orders', body: { symbol: 'AAPL', qty: '1' } };

test('one order is one request, with the keys in its headers', async () => {
  const { reply, heard } = await exchange((response) => response.end('{"id":"x"}'), POST);
  assert.equal(heard.length, 1);
  assert.deepEqual(
    [heard[0]?.method, heard[0]?.url, heard[0]?.body],
    ['POST', '/v2/orders', '{"symbol":"AAPL","qty":"1"}'],
  );
  assert.equal(heard[0]?.headers['apca-api-key-id'], 'PKTEST');
  assert.equal(heard[0]?.headers['apca-api-secret-key'], 'secret');
  assert.deepEqual(reply.kind === 'answer' && [reply.status, reply.json], [200, { id: 'x' }]);
});

test('status, body and headers come back whatever the status is', async () => {
  const { reply } = await exchange((response) => {
    response.writeHead(429, { 'X-RateLimit-Remaining': '0' });
    response.end('{"message":"slow down"}');
  });
  if (reply.kind !== 'answer') assert.fail(`expected an answer, was ${reply.cause}`);
  assert.deepEqual([reply.status, reply.headers['x-ratelimit-remaining']], [429, '0']);
  assert.deepEqual(reply.json, { message: 'slow down' });
});

test('an answer that never comes ends after the timeout, and the order is not sent again', async () => {
  const { reply, heard } = await exchange(() => undefined, POST, 60);
  assert.deepEqual(reply, { kind: 'no_answer', cause: 'no answer within 60 ms' });
  assert.equal(heard.length, 1);
});

test('a body that never ends counts as no answer', async () => {
  const { reply } = await exchange((response) => response.write('{"id":'), POST, 60);
  assert.equal(reply.kind, 'no_answer');
});

test('a connection that is reset is no answer, and the order is not sent again', async () => {
  const { reply, heard } = await exchange((response) => response.socket?.destroy(), POST);
  assert.equal(reply.kind, 'no_answer');
  assert.equal(heard.length, 1);
});

test('a connection that is cut inside the body is no answer', async () => {
  const { reply } = await exchange((response) => {
    response.writeHead(200, { 'Content-Length': '100' });
    response.write('{"id":"x"');
    setImmediate(() => response.socket?.destroy());
  }, POST);
  assert.equal(reply.kind, 'no_answer');
});

test('a host where nobody listens is no answer', async () => {
  const send = alpacaTransport({
    baseUrl: 'http://127.0.0.1:1',
    keys: { keyId: 'a', secretKey: 'b' },
    timeoutMs: 5_000,
  });
  assert.equal((await send(POST)).kind, 'no_answer');
});

test('garbled JSON and HTML have a text and no JSON', async () => {
  for (const text of ['{"id":"x"', '<html>200 OK</html>', '']) {
    const { reply } = await exchange((response) => response.end(text));
    assert.deepEqual(reply.kind === 'answer' && [reply.status, reply.json, reply.text], [200, undefined, text]);
  }
});

test('a redirect is an answer and is not followed', async () => {
  const { reply, heard } = await exchange((response) => {
    response.writeHead(307, { Location: '/elsewhere' });
    response.end();
  }, POST);
  assert.deepEqual([reply.kind === 'answer' && reply.status, heard.length], [307, 1]);
});
