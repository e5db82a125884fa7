import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { agentCatalogue } from '@bellwether/agents';
import type { AccountRow } from '@bellwether/durable';
import { type ExecutionPlan, PAPER_LIMITS } from '@bellwether/kernel';
import { compile } from '@bellwether/pipeline';
import { BROKER_PROFILES } from '@bellwether/ports';
import { type Sandbox, startSandbox } from '@bellwether/sandbox';
import { openBindings, type PaperBroker, skewOf } from './bindings.ts';
import { readConfig } from './config.ts';
import { Secret } from './secret.ts';

const SANDBOX: PaperBroker = { kind: 'sandbox', url: 'http://127.0.0.1:1' };
const ALPACA: PaperBroker = { kind: 'alpaca', keyId: 'PKTEST', secretKey: new Secret('hush') };

const EXAMPLE = JSON.parse(
  readFileSync(new URL('../../../examples/opening-range-breakout.json', import.meta.url), 'utf8'),
) as object;

function planIn(mode: string, symbol = 'AAPL'): ExecutionPlan {
  const document = { ...EXAMPLE, name: 'Trial', symbol, trading_mode: mode, broker_connection_id: 'connection' };
  const { plan, problems } = compile(document, agentCatalogue);
  if (plan === null) throw new Error(problems.map(({ message }) => message).join('; '));
  return plan;
}

describe('what a trading mode is bound to', () => {
  for (const mode of ['validation', 'simulation']) {
    test(`${mode}: an account of its own, whatever is configured`, () => {
      for (const paper of [SANDBOX, ALPACA, null]) {
        const bindings = openBindings(paper);
        assert.equal(bindings.check(planIn(mode)).pipeline.name, 'Trial');
        assert.equal(bindings.accountOf(planIn(mode), 'pipeline', 'session'), null);
      }
    });
  }

  test('paper: one account at the sandbox per pipeline, the same one at every start', () => {
    const bindings = openBindings(SANDBOX);
    const [one, again, other] = ['a', 'a', 'b'].map((id) => bindings.accountOf(planIn('paper'), id, 'session'));
    assert.deepEqual(one, again);
    assert.notEqual(one?.id, other?.id);
    const later = bindings.accountOf(planIn('paper'), 'a', 'a later session');
    assert.equal(later?.id, one?.id);
    assert.notEqual(
      later?.connection['key_id'],
      one?.connection['key_id'],
      'a tape begins again on an account without a past',
    );
    assert.deepEqual([one?.label, bindings.paperVenue], ['sandbox', 'sandbox']);
    assert.match(one?.id ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  for (const [name, paper, plan, expected] of [
    ['paper without a broker', null, planIn('paper'), /bellwether sandbox.*BELLWETHER_SANDBOX_URL/],
    ['a tape on a real account', ALPACA, planIn('paper'), /only be traded at the sandbox/],
    ['a symbol of another market', SANDBOX, planIn('paper', 'BTCUSD'), /BTCUSD does not trade/],
    ['live', SANDBOX, planIn('live'), /verified live account.*limits.*unlock.*confirmation/],
  ] as const) {
    test(`${name}: refused in a sentence that names the remedy`, () => {
      const bindings = openBindings(paper);
      assert.throws(
        () => bindings.check(plan),
        (error: Error & { code?: string }) => error.code === 'pipeline/not-runnable' && expected.test(error.message),
      );
    });
  }

  test('no account is opened where its broker is not configured', async () => {
    const account: AccountRow = {
      id: 'account',
      userId: 'user',
      pipelineId: null,
      tradingMode: 'live',
      label: 'live',
      broker: 'alpaca',
      brokerAccountId: null,
      connection: {},
      limits: {},
      capabilityResults: [],
    };
    await assert.rejects(openBindings(SANDBOX).brokerFor(account), { code: 'broker/unreachable' });
  });
});

describe('a sandbox account', () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ requestsPerMinute: 200 });
  });
  after(() => sandbox.close());

  const rowOf = (changes: Partial<AccountRow>): AccountRow => ({
    id: 'a',
    userId: 'u',
    pipelineId: 'p',
    tradingMode: 'paper',
    label: 'sandbox',
    broker: 'alpaca',
    brokerAccountId: null,
    connection: { key_id: 'PKBINDINGS' },
    limits: {},
    capabilityResults: [],
    ...changes,
  });
  const open = (changes: Partial<AccountRow> = {}) =>
    openBindings({ kind: 'sandbox', url: sandbox.url }).brokerFor(rowOf(changes));

  test('has the limits of a paper account, unless its owner set others', async () => {
    assert.deepEqual((await open()).limits, PAPER_LIMITS);
    assert.equal((await open({ limits: { max_open_positions: null } })).limits.maxOpenPositions, null);
  });

  test('is the one that its row knows, or is not opened', async () => {
    const { brokerAccountId } = await (await open()).broker.account();
    await open({ brokerAccountId });
    await assert.rejects(open({ brokerAccountId: 'another' }), {
      code: 'broker/wrong-account',
      message: /the account another, was /,
    });
  });

  test('says how many requests the broker has left, the same object until it says something newer', async () => {
    const { broker, rateLeft } = await open();
    await broker.positions();
    const left = rateLeft?.();
    assert.ok(left !== null && left !== undefined && left.remaining < 200, JSON.stringify(left));
    assert.equal(rateLeft?.(), left);
    await broker.positions();
    assert.ok((rateLeft?.()?.remaining ?? 200) < left.remaining);
  });

  test('can do what was found out about it lately, and else what its broker is known for', async () => {
    const at = Temporal.Now.instant();
    const found = { flags: { twinBrackets: true, parallelOco: false }, evidence: [] };
    const recent = await open({ capabilityResults: [{ ...found, at: at.subtract({ hours: 1 }) }] });
    assert.deepEqual(recent.capabilities, { ...BROKER_PROFILES.alpaca, ...found.flags });
    assert.deepEqual(recent.broker.capabilities, recent.capabilities);
    const old = await open({ capabilityResults: [{ ...found, at: at.subtract({ hours: 24 * 91 }) }] });
    assert.deepEqual(old.capabilities, BROKER_PROFILES.alpaca);
  });
});

describe('the keys of a paper account', () => {
  test('are read in pairs, and never print', () => {
    const environment = { BELLWETHER_ALPACA_PAPER_KEY_ID: 'PKTEST', BELLWETHER_ALPACA_PAPER_SECRET_KEY: 'hush' };
    const config = readConfig(environment);
    assert.equal(config.alpacaPaper?.secretKey.reveal(), 'hush');
    for (const printed of [inspect(config), JSON.stringify(config), `${config.alpacaPaper?.secretKey}`])
      assert.ok(!printed.includes('hush'), printed);
    assert.throws(() => readConfig({ BELLWETHER_ALPACA_PAPER_KEY_ID: 'PKTEST' }), {
      code: 'config/invalid',
      message: /BELLWETHER_ALPACA_PAPER_SECRET_KEY/,
    });
  });

  test('are neither needed nor used by default: paper is the sandbox', () => {
    assert.deepEqual([readConfig({}).alpacaPaper, readConfig({}).sandboxUrl], [null, null]);
  });
});

test('the skew of a broker’s clock is taken at the middle of the question, and not from a slow or missing answer', async () => {
  const start = Temporal.Instant.from('2026-07-07T14:00:00Z');
  const asked = (answerMs: number, now: () => Promise<Temporal.Instant>) => {
    const times = [start, start.add({ milliseconds: answerMs })];
    const clock = { now: async () => ({ at: await now(), isOpen: true, nextOpen: start, nextClose: start }) };
    return skewOf(clock, { now: () => times.shift() ?? start });
  };
  assert.equal(await asked(400, async () => start.subtract({ milliseconds: 2_800 })), 3_000);
  assert.equal(await asked(1_001, async () => start), null);
  assert.equal(await asked(1, () => Promise.reject(new Error('503'))), null);
});
