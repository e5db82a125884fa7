import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePrice } from '../money/decimal.ts';
import { marketOf, priceIncrementAt } from './instrument.ts';

test('crypto pairs against the dollar never close; everything else trades in the US', () => {
  for (const symbol of ['BTCUSD', 'ETHUSD', 'BTC/USD', 'SOL-USD', 'DOGEUSDT', 'btcusd']) {
    assert.equal(marketOf(symbol), '24/7', symbol);
  }
  for (const symbol of ['SPY', 'AAPL', 'USD', 'UUSD', 'ABCUSD', 'BTC', 'EURUSD'])
    assert.equal(marketOf(symbol), 'US', symbol);
});

test('a price steps by a cent from one dollar up and by a hundredth of a cent below', () => {
  assert.equal(priceIncrementAt(parsePrice('1.00')), parsePrice('0.01'));
  assert.equal(priceIncrementAt(parsePrice('0.9999')), parsePrice('0.0001'));
});
