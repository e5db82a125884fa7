import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { agentCatalogue } from '@bellwether/agents';
import { canonicalJson, compile, parsePipeline, pipelineToWire } from '@bellwether/pipeline';

const FOLDER = new URL('../examples/', import.meta.url);
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json') && name !== 'templates.json');
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));

test('there are at least six examples, each with its line in the README', () => {
  const readme = readFileSync(new URL('README.md', FOLDER), 'utf8');
  assert.ok(names.length >= 6);
  assert.deepEqual(
    names.filter((name) => !readme.includes(`\`${name}\``)),
    [],
  );
});

for (const name of names) {
  test(`the example ${name} compiles without a problem and says what a trader should know`, () => {
    const { plan, problems } = compile(read(name), agentCatalogue);
    assert.deepEqual(problems, []);
    assert.ok(plan !== null);
    const { pipeline } = plan;
    assert.ok(pipeline.description.length > 60);
    assert.equal(pipeline.tradingMode, 'simulation');
    assert.deepEqual([pipeline.mode.simulateRejections, pipeline.mode.simulatePartialFills], [false, false]);
  });
}

test('writing an example out in full and reading it again changes nothing', () => {
  for (const name of names) {
    const once = pipelineToWire(parsePipeline(read(name)));
    assert.equal(canonicalJson(pipelineToWire(parsePipeline(once))), canonicalJson(once), name);
  }
});

test('every template is an example under a symbol of its own, and at least six are', () => {
  const templates = read('templates.json') as readonly { readonly template_id: string; readonly symbol: string }[];
  assert.ok(templates.length >= 6);
  for (const { template_id, symbol } of templates) {
    const document = { ...(read(`${template_id}.json`) as object), symbol };
    assert.deepEqual(compile(document, agentCatalogue).plan?.symbols, [symbol]);
  }
});

/** The stored pipeline of the seed, lines 808 to 866, as it stands there. */
const SEED_DOCUMENT = {
  id: 'pipeline-uuid',
  name: 'My Day Trading Bot',
  symbol: 'AAPL',
  primary_timeframe: '5m',
  nodes: [
    {
      id: 'node-1',
      agent_type: 'time_trigger',
      position: { x: 100, y: 100 },
      config: { schedule: { type: 'market_hours', market: 'US', offset_minutes: 5 } },
    },
    {
      id: 'node-2',
      agent_type: 'market_data_agent',
      position: { x: 300, y: 100 },
      config: { timeframes: ['1h', '4h', '1d', '5m'], indicators: ['SMA_20', 'SMA_50', 'RSI', 'MACD'] },
    },
    {
      id: 'node-3',
      agent_type: 'bias_agent',
      position: { x: 500, y: 100 },
      config: { analysis_timeframes: ['1h', '4h', '1d'], confidence_threshold: 70 },
    },
    {
      id: 'node-4',
      agent_type: 'strategy_agent',
      position: { x: 700, y: 100 },
      config: { timeframe: '5m', risk_reward_min: 1.5, creativity: 0.7 },
    },
  ],
  edges: [
    { from: 'node-1', to: 'node-2' },
    { from: 'node-2', to: 'node-3' },
    { from: 'node-3', to: 'node-4' },
  ],
  settings: { max_retries: 3, retry_delay: 60 },
};

test('the seed’s stored pipeline loads unchanged: four nodes in drawn order, all four timeframes, analysis only', () => {
  const { plan, problems } = compile(SEED_DOCUMENT, agentCatalogue);
  assert.deepEqual(problems, []);
  assert.ok(plan !== null);
  assert.deepEqual(
    plan.nodes.map(({ id }) => id),
    ['node-1', 'node-2', 'node-3', 'node-4'],
  );
  assert.deepEqual(plan.timeframes, ['5m', '1h', '4h', '1d']);
  assert.deepEqual([plan.pipeline.tradingMode, plan.pipeline.runMode], ['simulation', 'run_once']);
  assert.deepEqual([plan.pipeline.settings.maxRetries, plan.pipeline.settings.retryDelayMs], [3, 60_000]);
  assert.ok(plan.nodes.every(({ agent }) => agent.writes !== 'trade'));
  const wire = pipelineToWire(plan.pipeline);
  assert.deepEqual(
    wire.nodes.map(({ id, agent_type, position, config }) => ({ id, agent_type, position, config })),
    SEED_DOCUMENT.nodes,
  );
  assert.deepEqual(
    [wire.edges, wire.settings, wire.id],
    [SEED_DOCUMENT.edges, SEED_DOCUMENT.settings, 'pipeline-uuid'],
  );
});

test('seed-M2 without the edge to the market data every reader behind it is told', () => {
  const edges = SEED_DOCUMENT.edges.slice(1);
  const { plan, problems } = compile({ ...SEED_DOCUMENT, edges }, agentCatalogue);
  assert.equal(plan, null);
  assert.deepEqual(
    problems.map(({ code, nodeId }) => [code, nodeId]),
    [
      ['unreachable_node', 'node-2'],
      ['unreachable_node', 'node-3'],
      ['unreachable_node', 'node-4'],
    ],
  );
});
