import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestDatabase } from './testing.ts';

test('a connection that breaks while somebody has it fails the next question, and not the process', async () => {
  const database = await startTestDatabase();
  try {
    const { pool } = database.engine;
    const client = await pool.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const gone = new Promise((resolve) => client.once('end', resolve));
    await database.administrator(`SELECT pg_terminate_backend(${rows[0]?.pid})`);
    await gone;
    await assert.rejects(client.query('SELECT 1'));
    client.release(true);
    assert.equal((await pool.query('SELECT 1')).rowCount, 1);
  } finally {
    await database.close();
  }
});
