import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { BellwetherError } from '@bellwether/domain';
import pg from 'pg';
import { isOutage } from './database-outage.ts';

function databaseError(code: string): pg.DatabaseError {
  const error = new pg.DatabaseError('told by the server', 1, 'error');
  error.code = code;
  return error;
}

describe('the database is away', () => {
  test('when its server says so: connection, shutdown, deadlock, too many connections, lock timeout, read only', () => {
    for (const code of ['08006', '57P01', '57P02', '57P03', '40001', '40P01', '53300', '55P03', '25006', '58030'])
      assert.ok(isOutage(databaseError(code)), code);
  });

  test('when the connection breaks, in the words of the machine and of the driver', async () => {
    const refused = await new Promise((resolve) => connect({ port: 1, host: '127.0.0.1' }).once('error', resolve));
    assert.ok(isOutage(refused));
    assert.ok(isOutage(new AggregateError([refused, refused], '')));
    for (const message of ['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])
      assert.ok(isOutage(new Error(message)), message);
    const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
    await assert.rejects(pool.query('SELECT 1'), (error) => isOutage(error));
    await pool.end();
    await assert.rejects(pool.query('SELECT 1'), (error) => isOutage(error));
  });

  test('and not when something of ours is wrong: that would be tried again for ever', () => {
    const mistakes: unknown[] = [
      new RangeError('Invalid time value'),
      new TypeError('Cannot mix BigInt and other types'),
      new SyntaxError('Cannot convert x to a BigInt'),
      new Error('expected a row'),
      new AggregateError([], ''),
      new BellwetherError('bug', 'domain/unexpected-value', 'expected one, was two'),
      databaseError('23514'),
      databaseError('22003'),
      databaseError('42703'),
      databaseError('XX000'),
      'text',
    ];
    for (const mistake of mistakes) assert.equal(isOutage(mistake), false, String(mistake));
  });
});
