/**
 * One pipeline on one tape in a backtest, in simulation and on paper at the sandbox: the same decisions.
 *
 * What would make it vacuous: no fills, or a comparison that overlooks differences. The first is asserted against; for the second, a planted
 * mutant (one price of the paper run's tape moved by a dollar) must be found.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTestDatabase, type TestDatabase } from '@bellwether/db/testing';
import { compareRuns, PAPER_LIMITS, type Run } from '@bellwether/kernel';
import { type Sandbox, startSandbox } from '@bellwether/sandbox';
import {
  backtestRun,
  bookOf,
  type Document,
  durableRun,
  exampleDocument,
  tapeOf,
  withConfig,
} from './three-bindings.fixture.ts';

let database: TestDatabase;
let sandbox: Sandbox;
before(async () => {
  [database, sandbox] = await Promise.all([startTestDatabase(), startSandbox({ requestsPerMinute: 0 })]);
});
after(async () => {
  await sandbox.close();
  await database.close();
});

const BELOW_RANGE = {
  logic: 'AND',
  conditions: [
    { left: { price: 'close' }, operator: 'crosses_below', right: { session: 'range_low', minutes: 30 } },
    { left: { session: 'minutes_to_close' }, operator: '>=', right: 60 },
  ],
};

/**
 * The opening-range example turned round: sells what breaks below the range. Without slippage, because the broker turns a short's stop into a
 * stop-limit, which has none: the account would be worth more than in simulation after the first stop, and the next size with it.
 */
function shortened(document: Document): Document {
  const triggered = withConfig(document, 'technical_trigger', { conditions: BELOW_RANGE });
  const strategy = withConfig(triggered, 'rule_strategy_agent', { long_entry: undefined, short_entry: BELOW_RANGE });
  const changed = withConfig(strategy, 'risk_manager_agent', { allow_short: true });
  return { ...changed, mode_config: { ...(document['mode_config'] as Document), slippage_pct: 0 } };
}

const CASES = [
  {
    name: 'a breakout, long',
    tape: 'opening-range-breakout',
    symbol: 'ORBX',
    change: (document: Document) => document,
  },
  { name: 'a breakdown, short', tape: 'rsi-reversal', symbol: 'SLDE', change: shortened },
  {
    name: 'a breakout by a limit order',
    tape: 'opening-range-breakout',
    symbol: 'ORBX',
    change: (document: Document) => withConfig(document, 'rule_strategy_agent', { entry_order: 'limit' }),
  },
] as const;

interface FillsCompared {
  readonly text: string;
  readonly orders: readonly { readonly effect: string }[];
}

async function fillsCompared(pipelineId: string): Promise<readonly (FillsCompared | null)[]> {
  const { rows } = await database.engine.pool.query<{ section: FillsCompared | null }>(
    `SELECT r.body -> 'fills_compared' AS section FROM app.reports r JOIN engine.executions e ON e.id = r.execution_id
     WHERE r.pipeline_id = $1 ORDER BY (e.trigger->>'at')::timestamptz`,
    [pipelineId],
  );
  return rows.map(({ section }) => section);
}

const fillsIn = (run: Run) => run.flat().filter(({ event }) => event === 'trade_executed').length;

describe('bindings', () => {
  for (const { name, tape: id, symbol, change } of CASES) {
    test(`${name}: backtest, simulation and paper on the sandbox decide the same`, async (context) => {
      const document = change(await exampleDocument('opening-range-breakout'));
      const tape = await tapeOf(id, symbol, 3);
      const backtest = backtestRun(document, tape);
      const simulation = await durableRun(database, document, tape, null);
      const paper = await durableRun(database, { ...document, trading_mode: 'paper' }, tape, sandbox.url);
      assert.ok(fillsIn(backtest) > 0, 'expected the backtest to trade');
      assert.ok(fillsIn(paper.run) > 0, 'expected the paper run to trade');

      const simulated = compareRuns(backtest, simulation.run);
      assert.deepEqual(simulated.decisionDifferences, []);
      assert.deepEqual(simulated.fillDifferences, []);
      const traded = compareRuns(simulation.run, paper.run);
      assert.deepEqual(traded.decisionDifferences, []);
      assert.ok(traded.decisions > 0 && traded.orders > 0);
      for (const difference of traded.fillDifferences) context.diagnostic(JSON.stringify(difference));

      const compared = await fillsCompared(paper.pipelineId);
      assert.equal(compared.length, paper.run.length);
      const told = compared.flatMap((section) => section?.orders ?? []);
      assert.deepEqual(
        told.map(({ effect }) => effect),
        traded.fillDifferences.map(({ effect }) => effect),
      );

      const { positions } = await bookOf(database, paper.pipelineId);
      assert.ok(positions.length > 0);
      assert.ok(positions.every(({ state, quantity }) => state === 'closed' && Number(quantity) === 0));
    });
  }

  test('a limit of the paper account that makes an order smaller is named by the comparison and by the report', async () => {
    const document = await exampleDocument('opening-range-breakout');
    const tape = await tapeOf('opening-range-breakout', 'ORBX', 3);
    const backtest = backtestRun(document, tape);
    const paper = await durableRun(database, { ...document, trading_mode: 'paper' }, tape, sandbox.url, PAPER_LIMITS);
    const { decisionDifferences, fillDifferences } = compareRuns(backtest, paper.run);
    const [first] = fillDifferences;
    assert.ok(first?.a && first.b, 'expected both runs to enter');
    assert.deepEqual(
      decisionDifferences.filter(({ at }) => at <= first.decidedAt),
      [],
    );
    assert.ok(Number(first.b.quantity) < Number(first.a.quantity));
    const said = `let through ${first.b.quantity} of ${first.a.quantity} shares`;
    assert.deepEqual(
      [first.causeA, first.causeB],
      [null, { rule: 'max_symbol_exposure_fraction', text: `the exposure limit of the symbol ${said}` }],
    );
    const [report] = (await fillsCompared(paper.pipelineId)).filter((section) => section?.text.includes('let through'));
    assert.match(
      report?.text ?? '',
      new RegExp(`the exposure limit of the symbol of the account ${said} to buy of ORBX`),
    );
    const { rows } = await database.engine.pool.query<{ cut: unknown }>(
      `SELECT o -> 'cut' AS cut FROM app.reports r, jsonb_array_elements(r.body -> 'lanes') l, jsonb_array_elements(l -> 'orders') o
       WHERE r.pipeline_id = $1 AND o ? 'cut'`,
      [paper.pipelineId],
    );
    assert.deepEqual(rows[0]?.cut, { rule: 'max_symbol_exposure_fraction', decided_quantity: first.a.quantity });
    const { rows: bodies } = await database.engine.pool.query<{ body: string }>(
      'SELECT body::text AS body FROM app.reports WHERE pipeline_id = $1',
      [paper.pipelineId],
    );
    assert.ok(bodies.some(({ body }) => body.includes(`${first.b?.quantity} of ${first.a?.quantity} decided`)));
  });

  test('a planted difference of one dollar in the bars that paper saw is found', async () => {
    const document = await exampleDocument('opening-range-breakout');
    const tape = await tapeOf('opening-range-breakout', 'ORBX', 3);
    const backtest = backtestRun(document, tape);
    const decided = backtest.flat().find(({ event }) => event === 'trade_executed');
    assert.ok(decided, 'expected a trade to move');
    const moved = tape.map((symbol) => {
      const { bars } = symbol;
      const row = bars.start.indexOf(decided.at) - 1;
      const close = bars.close.slice();
      const high = bars.high.slice();
      close[row] = (close[row] as number) + 1;
      high[row] = Math.max(high[row] as number, close[row] as number);
      return { ...symbol, bars: { ...bars, close, high } };
    });
    const { decisionDifferences } = compareRuns(backtest, backtestRun(document, moved));
    assert.ok(decisionDifferences.length > 0);
  });
});
