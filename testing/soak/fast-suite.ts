import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SECOND_MS } from '@bellwether/domain';
import type { SoakSuite } from './soak-suite.ts';

/** A slow or busy machine tries fewer, and says how many; fewer than this part of the count is a failure. */
const LEAST_PART = 0.05;

/** Registers a promise with its fast count, and its control, which has to fail. */
export function fastSuite(suite: SoakSuite, seconds = 40): void {
  const { promise, title, fast, control } = suite;
  test(`${promise} ${title}`, async (t) => {
    const { ran, failed, failures, notes } = await suite.run(fast, 1, performance.now() + seconds * SECOND_MS);
    t.diagnostic(`${ran} of ${fast}: ${notes}`);
    assert.equal(failed, 0, `expected none of ${ran} to fail, ${failed} did:\n${failures.join('\n')}`);
    assert.ok(ran >= fast * LEAST_PART, `expected ${fast} within ${seconds} s, were ${ran}`);
  });
  if (control === undefined) return;
  test(`${promise} is known to bite: its control fails`, async () => {
    const { ran, failed } = await control();
    assert.ok(failed > 0, `expected some of ${ran} without the protection to fail, none did`);
  });
}
