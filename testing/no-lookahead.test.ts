/**
 * Cutting the tape at t changes no decision before t. Vacuous if nothing was decided before the cuts, or if an agent took part in none of the
 * runs: both are asserted. The planted mutant reads the last bar of its tape, whenever it is asked, and must be caught.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentCatalogue } from '@bellwether/agents';
import { sliceBars } from '@bellwether/domain';
import type { AgentDefinition, ExecutionEvent, ExecutionPlan } from '@bellwether/kernel';
import { canonicalJson, compile } from '@bellwether/pipeline';
import { runBacktest, type TapeSymbol } from '@bellwether/virtual';
import { type Example, examples, planOf, recordedTape, recordingOf, sha256 } from './example-tapes.ts';
import { leftOut } from './shared-data.ts';

const CUTS = [0.35, 0.6, 0.85];

/** What the examples leave out: the other triggers and the gate. */
const REST_DOCUMENT: object = {
  symbol: 'SPY',
  primary_timeframe: '5m',
  name: 'rest',
  run_mode: 'run_continuous',
  nodes: [
    {
      id: 'clock',
      agent_type: 'time_trigger',
      config: { schedule: { type: 'market_hours', market: 'US', offset_minutes: 60 } },
    },
    {
      id: 'level',
      agent_type: 'price_trigger',
      config: { operator: 'moves_percent', value: 0.2, reference: 'open' },
    },
    { id: 'data', agent_type: 'market_data_agent', config: { timeframes: ['5m'], indicators: ['SMA_20', 'RSI'] } },
    {
      id: 'gate',
      agent_type: 'condition_gate',
      config: {
        conditions: {
          logic: 'AND',
          conditions: [
            {
              left: { indicator: 'SMA', params: { period: 20 }, timeframe: '5m' },
              operator: '>',
              right: 100,
            },
          ],
        },
      },
    },
    { id: 'bias', agent_type: 'bias_agent', config: { analysis_timeframes: ['5m'] } },
    { id: 'tell', agent_type: 'reporting_agent', config: {} },
  ],
  edges: [
    ['clock', 'data'],
    ['level', 'data'],
    ['data', 'gate'],
    ['gate', 'bias'],
    ['bias', 'tell'],
  ].map(([from, to]) => ({ from, to })),
};

const REST: Example = {
  name: 'time and price triggers through a gate',
  document: REST_DOCUMENT as Example['document'],
};

function journalOf(plan: ExecutionPlan, tape: TapeSymbol, until = Number.POSITIVE_INFINITY): readonly string[] {
  const lines: string[] = [];
  runBacktest(plan, [tape], {
    sha256,
    stopwatch: () => 0,
    journal: (executionId, seq, event: ExecutionEvent) => {
      if (event.at < until) lines.push(`${executionId} ${seq} ${canonicalJson(event)}`);
    },
  });
  return lines;
}

function cutAt(tape: TapeSymbol, row: number): TapeSymbol {
  return { ...tape, bars: sliceBars(tape.bars, 0, row) };
}

function assertNoLookAhead(plan: ExecutionPlan, tape: TapeSymbol): number {
  let compared = 0;
  for (const share of CUTS) {
    const row = Math.floor(tape.bars.length * share);
    // The bar before the cut has closed in both; what happens at its very close may already differ by the open that is missing.
    const until = tape.bars.end[row - 1] as number;
    const whole = journalOf(plan, tape, until);
    assert.deepEqual(journalOf(plan, cutAt(tape, row), until), whole);
    compared += whole.length;
  }
  return compared;
}

const CASES = [...examples(), REST];

for (const example of CASES) {
  const file = recordingOf(example);
  test(`decides before t as if nothing came after: ${example.name}`, { skip: leftOut(file) }, async () => {
    const compared = assertNoLookAhead(planOf(example.document), await recordedTape(example.document.symbol, file));
    assert.ok(compared > 0, 'expected decisions before the cuts, there were none: the comparison would be vacuous');
  });
}

test('every agent takes part in one of the runs', () => {
  const seen = new Set(CASES.flatMap(({ document }) => document.nodes.map((node) => node.agent_type)));
  const absent = [...agentCatalogue.values()]
    .filter((agent) => !agent.isSystem && !seen.has(agent.type))
    .map((agent) => agent.type);
  assert.deepEqual(absent, []);
});

test('the comparison bites: an agent that looks at the end of the tape is caught', {
  skip: leftOut(recordingOf(REST)),
}, async () => {
  const tape = await recordedTape('SPY', recordingOf(REST));
  const peeking = (given: TapeSymbol): ExecutionPlan => {
    const honest = agentCatalogue.get('bias_agent') as AgentDefinition;
    const mutant: AgentDefinition = {
      ...honest,
      decide: () => ({
        kind: 'blocked',
        summary: 'peeked',
        refusal: {
          rule: 'peeked',
          value: given.bars.close[given.bars.length - 1] as number,
          threshold: null,
          distance: null,
          text: 'peeked',
        },
      }),
    };
    const { plan } = compile(REST.document, new Map([...agentCatalogue, ['bias_agent', mutant]]));
    assert.ok(plan);
    return plan;
  };
  const row = Math.floor(tape.bars.length * 0.6);
  const until = tape.bars.end[row - 1] as number;
  const cut = cutAt(tape, row);
  assert.notDeepEqual(journalOf(peeking(cut), cut, until), journalOf(peeking(tape), tape, until));
});
