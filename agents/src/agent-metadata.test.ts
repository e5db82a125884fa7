import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentCatalogue, agentMetadata } from './index.ts';

interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
}

/** Paths of the properties of a form that lack a title, a description or a default. Conditions have a widget of their own. */
function bare(schema: Schema, path: string): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const place = `${path}.${name}`;
    const isWhole = property.title !== undefined && property.description !== undefined && 'default' in property;
    return [...(isWhole ? [] : [place]), ...(property.format === 'condition-group' ? [] : bare(property, place))];
  });
  return [...own, ...(schema.anyOf ?? []).flatMap((member) => bare(member, path))];
}

test('seed-M6 the catalogue lists every agent with its rate, and what is free costs nothing', () => {
  const rates = Object.fromEntries(agentMetadata().map(({ agent_type, pricing_rate }) => [agent_type, pricing_rate]));
  assert.deepEqual(rates, {
    price_trigger: '0.02',
    technical_trigger: '0.03',
    time_trigger: '0',
    market_data_agent: '0',
    bias_agent: '0.08',
    condition_gate: '0',
    rule_strategy_agent: '0',
    strategy_agent: '0.10',
    risk_manager_agent: '0.05',
    trade_manager_agent: '0',
    reporting_agent: '0',
    pipeline_manager_agent: '0',
  });
  for (const { is_free, pricing_rate } of agentMetadata()) assert.equal(is_free, Number(pricing_rate) === 0);
});

test('every property of every form has a title, a description and a default', () => {
  assert.deepEqual(
    agentMetadata().flatMap(({ agent_type, config_schema }) => bare(config_schema as Schema, agent_type)),
    [],
  );
});

test('metadata are plain data, and only the pipeline manager is hidden', () => {
  const metadata = agentMetadata();
  assert.deepEqual(JSON.parse(JSON.stringify(metadata)), metadata);
  assert.deepEqual(
    metadata.filter(({ is_system_agent }) => is_system_agent).map(({ agent_type }) => agent_type),
    ['pipeline_manager_agent'],
  );
});

test('seed-M5 every agent is found again under its own type', () => {
  for (const [type, agent] of agentCatalogue) assert.equal(agent.type, type);
});

test('every trigger says what it waits for', () => {
  for (const agent of agentCatalogue.values())
    assert.equal(agent.watch !== undefined, agent.category === 'trigger', agent.type);
});

for (const [type, config, words] of [
  ['time_trigger', { schedule: { type: 'cron', expression: '99 * * * *' } }, 'schedule.expression'],
  ['time_trigger', { schedule: { type: 'specific_time', time: '9:35' } }, 'schedule.time'],
  ['time_trigger', { schedule: { type: 'specific_time', time: '09:35', timezone: 'Mars/Base' } }, 'Mars/Base'],
  ['technical_trigger', {}, 'at least one condition'],
  ['technical_trigger', { conditions: [{ indicator: 'RSX', operator: '>', value: 1 }] }, 'RSX'],
  ['condition_gate', { conditions: { logic: 'AND', conditions: [] } }, 'at least one condition'],
  ['market_data_agent', { indicators: ['SMAA_20'] }, 'SMAA_20'],
  ['market_data_agent', { lookback_bars: 0 }, 'lookback_bars'],
  ['rule_strategy_agent', {}, 'never open'],
  ['risk_manager_agent', { risk_fraction: 1.5 }, 'risk_fraction: expected a number from 0 to 1, was 1.5'],
  ['risk_manager_agent', { sizing: 'fixed_quantity', fixed_quantity: 0 }, 'above 0'],
  ['trade_manager_agent', { partial_exit_split: [50, 40] }, 'sum to 100'],
  ['trade_manager_agent', { exit_style: 'both' }, 'exit_style'],
  ['reporting_agent', { formats: ['doc'] }, 'formats'],
  ['pipeline_manager_agent', { limit: 1 }, 'limit'],
] as const) {
  test(`${type} refuses ${JSON.stringify(config)} and names the field`, () => {
    assert.throws(
      () => agentCatalogue.get(type)?.config.parse(config),
      (error: Error) => error.message.includes(words),
    );
  });
}
