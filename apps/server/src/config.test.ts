import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from './config.ts';
import { parseRoles } from './roles.ts';

describe('the configuration', () => {
  test('has a default for everything', () => {
    const config = readConfig({});
    assert.deepEqual([config.port, config.host, config.databaseUrl], [4300, '127.0.0.1', null]);
    assert.ok(config.dataDir.length > 0);
  });

  test('takes what the environment says, and nothing from an empty variable', () => {
    const config = readConfig({ PORT: '8080', BELLWETHER_DATA_DIR: '/data', DATABASE_URL: '', LOG_LEVEL: 'warn' });
    assert.deepEqual([config.port, config.dataDir, config.databaseUrl, config.logLevel], [8080, '/data', null, 'warn']);
  });

  for (const [name, value] of [
    ['PORT', 'eighty'],
    ['PORT', '0'],
    ['PORT', '70000'],
    ['DATABASE_URL', 'mysql://root:secret@host/db'],
    ['LOG_LEVEL', 'loud'],
  ] as const) {
    test(`refuses ${name}=${value} in a sentence that names it`, () => {
      assert.throws(
        () => readConfig({ [name]: value }),
        (error: Error & { code?: string }) =>
          error.code === 'config/invalid' && error.message.includes(name) && !error.message.includes('secret'),
      );
    });
  }
});

describe('the roles', () => {
  test('are all of them unless named', () => {
    assert.deepEqual([...parseRoles(undefined)], ['api', 'worker', 'feed', 'scheduler']);
    assert.deepEqual([...parseRoles('worker, feed')], ['worker', 'feed']);
  });

  test('refuse a name that is none', () => {
    assert.throws(() => parseRoles('worker,trader'), { code: 'usage/bad-argument' });
  });
});
