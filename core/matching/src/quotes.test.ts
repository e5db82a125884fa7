import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OrderRequest, parsePrice } from '@bellwether/domain';
import type { ExchangeRequest, ExchangeSettings } from './exchange.ts';
import { SimulatedExchange } from './simulated-exchange.ts';
import { fillLines, orderOf, PLAIN_SETTINGS, play, type Sketch, shares } from './testing.ts';

function market(settings: Partial<ExchangeSettings> = {}) {
  const exchange = new SimulatedExchange({ ...PLAIN_SETTINGS, ...settings });
  return {
    exchange,
    send: (sketch: Sketch, more: Partial<OrderRequest> = {}, at = 0) =>
      exchange.submit({ ...orderOf(sketch), ...more }, at),
    quote: (bid: number, ask: number, at = 0, groupId?: string) =>
      fillLines(exchange.onQuote('AAPL', at, bid, ask, groupId)),
    status: (id: string) => exchange.find(id)?.status,
  };
}

test('a quote fills market orders at the far side, limits that it meets at its own price, and nothing else', () => {
  const { send, quote } = market();
  send({ id: 'm', side: 'buy' });
  send({ id: 'l', side: 'buy', limit: '101' });
  send({ id: 'deep', side: 'buy', limit: '99' });
  assert.deepEqual(quote(100, 100.05), ['m buy 100@100.05 t0', 'l buy 100@100.05 t0']);
  assert.deepEqual(quote(98.9, 99), ['deep buy 100@99.00 t0']);
});

test('with a group only what was just sent is tried against the standing quote', () => {
  const { send, quote } = market();
  send({ id: 'a', side: 'buy' });
  send({ id: 'b', side: 'buy' });
  assert.deepEqual(quote(100, 100.05, 0, 'b'), ['b buy 100@100.05 t0']);
});

test('a stop is hit by the side on which it would trade, and its target ends', () => {
  const { send, quote, status } = market();
  send({ id: 'a', side: 'buy', target: '105', stopLoss: '97' });
  quote(100, 100.05);
  assert.deepEqual(quote(97.01, 97.05), []);
  assert.deepEqual(quote(96.98, 97.02), ['a.stop sell 100@96.98 t0']);
  assert.equal(status('a.target'), 'canceled');
});

test('a quote that cannot be is refused, a halted symbol does nothing', () => {
  const { exchange, send, quote } = market();
  send({ id: 'm', side: 'buy' });
  assert.throws(() => quote(101, 100), { code: 'bars/bad-row' });
  exchange.setHalted('AAPL', true);
  assert.deepEqual(quote(100, 100.05), []);
});

test('a stop with a limit becomes that limit: filled inside it, resting beyond it', () => {
  const { exchange, send, quote, status } = market();
  const short: ExchangeRequest = {
    ...orderOf({ id: 'a', side: 'sell', target: '95', stopLoss: '103' }),
    stopLoss: { clientOrderId: 'a.stop', stopPrice: parsePrice('103'), limitPrice: parsePrice('105') },
  };
  exchange.submit(short, 0);
  quote(100, 100.05);
  assert.deepEqual(quote(106, 106.1), [], 'the market has jumped over the limit');
  assert.equal(status('a.stop'), 'working');
  assert.equal(status('a.target'), 'canceled');
  assert.equal(exchange.find('a.stop')?.type, 'limit');
  assert.deepEqual(quote(104.9, 104.95), ['a.stop buy 100@104.95 t0']);
  send({ id: 'b', side: 'buy', stop: '110' }, { limitPrice: parsePrice('112') });
  assert.deepEqual(fillLines(play(exchange, [[108, 111, 107, 110]], 1)), ['b buy 100@110.00 t2']);
});

test('a stop with a limit slips as any stop does, but not beyond its limit', () => {
  const { exchange, send } = market({ slippageFraction: 0.01 });
  send({ id: 'wide', side: 'buy', stop: '110' }, { limitPrice: parsePrice('112') });
  send({ id: 'tight', side: 'buy', stop: '110' }, { limitPrice: parsePrice('110.5') });
  const lines = fillLines(play(exchange, [[108, 111, 107, 110]], 1));
  assert.deepEqual(lines, ['wide buy 100@111.10 t2', 'tight buy 100@110.50 t2']);
});

test('firstPart decides the first fill of every order, exits as well; the rest waits for the next opportunity', () => {
  const { exchange, send, quote } = market({ firstPart: (order) => (order.clientOrderId === 'x' ? null : 0.5) });
  send({ id: 'a', side: 'buy' });
  assert.deepEqual(quote(100, 100.05), ['a buy 50@100.05 partly t0']);
  assert.deepEqual(quote(100, 100.06), ['a buy 50@100.06 t0']);
  const oco = { ...orderOf({ id: 't', side: 'sell', limit: '105' }), oco: true };
  exchange.submit({ ...oco, stopLoss: { clientOrderId: 't.stop', stopPrice: parsePrice('97') } }, 0);
  assert.deepEqual(quote(105, 105.1), ['t sell 50@105.00 partly t0']);
  assert.equal(exchange.find('t.stop')?.quantity, shares(50), 'a partial target shrinks its stop');
});

test('bothLegsFill lets the stop fill beside its target: the position ends on the other side', () => {
  const { exchange, send, quote, status } = market({ bothLegsFill: () => true });
  send({ id: 'a', side: 'buy', target: '105', stopLoss: '97' });
  quote(100, 100.05);
  assert.deepEqual(quote(105.2, 105.3), ['a.target sell 100@105.20 t0', 'a.stop sell 100@97.00 t0']);
  assert.equal(status('a.stop'), 'filled');
  assert.equal(exchange.position('AAPL').quantity, -shares(100));
});

test('bothLegsFill carries a position through zero by way of zero', () => {
  const { exchange, send, quote } = market({ bothLegsFill: () => true });
  send({ id: 'a', side: 'buy', count: 130 });
  quote(100, 100.05);
  const oco = { ...orderOf({ id: 't', side: 'sell', limit: '105' }), oco: true };
  exchange.submit({ ...oco, stopLoss: { clientOrderId: 't.stop', stopPrice: parsePrice('97') } }, 0);
  assert.deepEqual(quote(105, 105.1), [
    't sell 100@105.00 t0',
    't.stop sell 30@97.00 partly t0',
    't.stop sell 70@97.00 t0',
  ]);
  assert.equal(exchange.position('AAPL').quantity, -shares(70));
});

test('replace changes levels and quantity of a live order under a new id, and nothing else of it', () => {
  const { exchange, send } = market();
  send({ id: 'a', side: 'buy', limit: '99' });
  const changes = { limitPrice: parsePrice('98'), quantity: shares(40) };
  const kinds = exchange.replace('a', changes, 'b', 0).map(({ kind, clientOrderId }) => `${clientOrderId} ${kind}`);
  assert.deepEqual(kinds, ['a replaced', 'b accepted']);
  assert.equal(exchange.find('a')?.replacedBy, 'b');
  assert.deepEqual(fillLines(play(exchange, [[98.5, 98.5, 97, 98]], 1)), ['b buy 40@98.00 t2']);
});

test('replace refuses what has ended, levels that the order has not, and an id used before', () => {
  const { exchange, send } = market();
  send({ id: 'a', side: 'buy', limit: '99' });
  const refused = (changes: Parameters<typeof exchange.replace>[1], as = 'b') =>
    exchange.replace('a', changes, as, 0).map(({ code }) => code);
  assert.deepEqual(refused({ stopPrice: parsePrice('98') }), ['not_replaceable']);
  assert.deepEqual(refused({ limitPrice: parsePrice('98') }, 'a'), ['not_replaceable']);
  assert.deepEqual(refused({ quantity: shares(0) }), ['not_replaceable']);
  exchange.cancel('a', 0);
  assert.deepEqual(refused({ limitPrice: parsePrice('98') }), ['not_replaceable']);
  assert.throws(() => exchange.replace('nobody', {}, 'c', 0), { code: 'order/not-found' });
});
