import { describe, expect, test } from 'vitest';
import type { AgentMetadata } from '../api/wire.ts';
import { modeSettings } from './mode-settings.ts';
import { nodeFields } from './node-fields.ts';

const agent = {
  config_schema: {
    properties: {
      risk_fraction: { title: 'Risk per trade', default: 0.01 },
      entry_valid_seconds: { title: 'Entry valid', default: 60 },
      conditions: { title: 'Conditions', format: 'condition-group' },
    },
  },
} as unknown as AgentMetadata;

describe('the fields of a placed agent', () => {
  test('show what was set before the defaults that apply, with units', () => {
    const node = {
      id: 'n',
      agent_type: 'x',
      config: {
        conditions: { logic: 'AND', conditions: [{ indicator: 'RSI', operator: '<', value: 30 }] },
        unheard_of: ['a', 2],
      },
    };
    expect(
      nodeFields(node, agent).map((field) => `${field.title}: ${field.value}${field.isDefault ? ' (default)' : ''}`),
    ).toEqual([
      'Conditions: RSI < 30',
      'Unheard of: a, 2',
      'Risk per trade: 1% (default)',
      'Entry valid: 60 s (default)',
    ]);
  });
});

test('settings of the simulated broker carry their units', () => {
  const config = {
    slippage_pct: 0.1,
    initial_balance: '100000',
    commission: { per_share: 0.005, minimum: 1 },
    simulate_rejections: false,
    seed: 7,
  };
  expect(modeSettings(config).map((setting) => `${setting.name}: ${setting.value}`)).toEqual([
    'Slippage: 0.10%',
    'Initial balance: $100,000.00',
    'Commission: $0.005 per share, $1.00 minimum',
    'Rejections: off',
    'Seed: 7',
  ]);
});
