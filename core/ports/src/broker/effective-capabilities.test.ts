import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TradingMode } from '@bellwether/domain';
import { BROKER_PROFILES } from './capabilities.ts';
import { type CapabilityFlag, type CapabilityResult, type CardRun, capabilityResultFrom } from './capability-result.ts';
import { effectiveCapabilities } from './effective-capabilities.ts';

const NOW = Temporal.Instant.from('2026-06-30T12:00:00Z');
const DEFAULTS = BROKER_PROFILES.alpaca;
const NOBODY: ReadonlySet<CapabilityFlag> = new Set();
const TWIN: ReadonlySet<CapabilityFlag> = new Set(['twinBrackets']);

function found(hoursAgo: number, flags: CapabilityResult['flags']): CapabilityResult {
  return { at: NOW.subtract({ hours: hoursAgo }), flags, evidence: [] };
}
function run(card: string, assumed: boolean | null, runs: number, passed = runs): CardRun {
  return { card, assumed, runs, passed, failure: passed === runs ? null : 'expected accepted, was refused' };
}
const effective = (results: readonly CapabilityResult[], mode: TradingMode, consent = NOBODY) =>
  effectiveCapabilities(DEFAULTS, results, NOW, mode, consent);

test('without a result the defaults hold, in every mode', () => {
  for (const mode of ['validation', 'simulation', 'paper', 'live'] as const)
    assert.deepEqual(effective([], mode), DEFAULTS);
});

test('what was proven on paper opens paper alone; live needs consent to that flag', () => {
  const proven = [found(1, { twinBrackets: true })];
  assert.deepEqual(effective(proven, 'paper'), { ...DEFAULTS, twinBrackets: true });
  assert.equal(effective(proven, 'live').twinBrackets, false);
  assert.equal(effective(proven, 'live', new Set<CapabilityFlag>(['repriceToClose'])).twinBrackets, false);
  assert.equal(effective(proven, 'live', TWIN).twinBrackets, true);
  assert.deepEqual(effective(proven, 'simulation', TWIN), DEFAULTS);
});

test('consent alone opens nothing', () => {
  assert.deepEqual(effective([], 'live', TWIN), DEFAULTS);
});

test('what was found not to work closes it in live too, unasked', () => {
  assert.equal(effective([found(1, { parallelOco: false })], 'live').parallelOco, false);
});

test('that resting exits hold no shares is a liberty, and needs consent in live', () => {
  const free = [found(1, { sharesHeldByOrders: false })];
  assert.equal(effective(free, 'paper').sharesHeldByOrders, false);
  assert.equal(effective(free, 'live').sharesHeldByOrders, true);
});

test('a result counts for 90 days to the instant, then the default is back', () => {
  const days = (hours: number) => effective([found(hours, { twinBrackets: true })], 'paper').twinBrackets;
  assert.deepEqual([days(90 * 24), days(90 * 24 + 1)], [true, false]);
});

test('the newest word on a flag counts, an older one on another flag still does, and one from the future does not', () => {
  const results = [
    found(2, { twinBrackets: false }),
    found(48, { twinBrackets: true, bracketOnHeldSymbol: true }),
    found(-1, { parallelOco: false }),
  ];
  const { twinBrackets, bracketOnHeldSymbol, parallelOco } = effective(results, 'paper');
  assert.deepEqual([twinBrackets, bracketOnHeldSymbol, parallelOco], [false, true, true]);
});

test('twin brackets are proven by 50 of 50 runs, not by 49 and not by 50 of 51', () => {
  const flagsOf = (...runs: CardRun[]) => capabilityResultFrom(runs, NOW).flags;
  assert.deepEqual(flagsOf(run('BR-300', true, 50)), { twinBrackets: true });
  assert.deepEqual(flagsOf(run('BR-300', true, 49)), {});
  assert.deepEqual(flagsOf(run('BR-300', true, 51, 50)), {});
  assert.deepEqual(flagsOf(run('BR-300', true, 51, 50), run('BR-300', false, 1)), { twinBrackets: false });
});

test('a card that failed either way, or was told nothing and failed, proves nothing', () => {
  const runs = [
    run('BR-180', true, 1, 0),
    run('BR-180', false, 1, 0),
    run('BR-020', null, 1, 0),
    run('BR-010', null, 1),
  ];
  const result = capabilityResultFrom(runs, NOW);
  assert.deepEqual(result, { at: NOW, flags: {}, evidence: runs });
  assert.deepEqual(capabilityResultFrom([run('BR-020', null, 1)], NOW).flags, { uniqueClientOrderId: true });
});
