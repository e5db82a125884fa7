import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHAIN, CHAIN_EDGES, drawn, FAKE_AGENTS } from './agents.fake.ts';
import { compile } from './plan.ts';
import { PROBLEM_CODES, type Problem } from './problem.ts';

function problemsOf(document: unknown): readonly Problem[] {
  const { plan, problems } = compile(document, FAKE_AGENTS);
  assert.equal(
    plan === null,
    problems.some(({ severity }) => severity === 'error'),
    'a plan exists unless a problem is an error',
  );
  return problems;
}

const chain = (more: Record<string, unknown> = {}) => drawn(CHAIN, CHAIN_EDGES, more);
const WINDOW = { schedule_type: 'time_window', start_time: '09:35', end_time: '15:30' };

/** Code → a document that has it, and words that its sentence must hold. */
const CASES: readonly (readonly [code: Problem['code'], document: unknown, ...words: string[]])[] = [
  ['not_a_document', [], 'JSON object', 'a list'],
  ['unsupported_schema_version', chain({ schema_version: 2 }), 'from 1 to 1', 'was 2'],
  ['bad_field', chain({ primary_timeframe: '2m' }), 'primary_timeframe', '"5m"', '"2m"'],
  ['bad_field', { symbol: 'AAPL', nodes: [] }, 'name', 'missing'],
  ['bad_field', chain({ mode_config: { slippage_pct: -1 } }), 'mode_config.slippage_pct', '0 to 100', '-1'],
  ['unknown_field', chain({ mode_config: { slipage_pct: 1 } }), 'mode_config.slipage_pct'],
  ['unknown_field', chain({ colour: 'red' }), 'colour', 'ignored'],
  ['empty_pipeline', drawn({}, []), 'at least one node'],
  [
    'duplicate_node_id',
    { ...chain(), nodes: [...(chain()['nodes'] as object[]), { id: 'data', agent_type: 'data' }] },
    '"data"',
    'more than once',
  ],
  ['unknown_agent', drawn({ a: 'clock', b: 'oracle' }, ['a b']), 'b', '"oracle"', 'known are'],
  [
    'unknown_agent_version',
    { ...chain(), nodes: (chain()['nodes'] as object[]).map((node) => ({ ...node, agent_version: 9 })) },
    'agent_version 1',
    'was 9',
  ],
  ['system_agent', drawn({ ...CHAIN, m: 'manager' }, [...CHAIN_EDGES]), 'manager (m)', 'remove'],
  [
    'bad_config',
    drawn({ ...CHAIN, risk: ['risk', { risk_fraction: 2 }] }, CHAIN_EDGES),
    'risk_fraction',
    '0 to 1',
    'was 2',
  ],
  [
    'bad_config',
    drawn({ ...CHAIN, g: ['gate', { conditions: { bad: 'RSX' } }] }, [...CHAIN_EDGES, 'data g']),
    'gate (g) conditions',
    'RSX',
  ],
  [
    'unknown_config_field',
    drawn({ ...CHAIN, risk: ['risk', { risk_fracton: 0.01 }] }, CHAIN_EDGES),
    'risk_fracton',
    'risk_fraction',
  ],
  ['edge_to_unknown_node', drawn(CHAIN, [...CHAIN_EDGES, 'trade ghost']), '"ghost"', 'no node'],
  ['self_edge', drawn(CHAIN, [...CHAIN_EDGES, 'risk risk']), 'feeds itself'],
  ['duplicate_edge', drawn(CHAIN, [...CHAIN_EDGES, 'risk trade']), 'stands twice'],
  ['edge_into_trigger', drawn({ ...CHAIN, c2: 'clock' }, [...CHAIN_EDGES, 'data c2']), 'takes no input'],
  [
    'cycle',
    drawn({ ...CHAIN, g: 'gate' }, [...CHAIN_EDGES, 'data g', 'g data']),
    'data (data) → gate (g) → data (data)',
    'circle',
  ],
  [
    'kinds_do_not_match',
    drawn({ ...CHAIN, b: 'bias' }, [...CHAIN_EDGES, 'data b', 'b risk']),
    'gives a bias',
    'reads a strategy signal',
  ],
  ['missing_input', drawn({ c: 'clock', d: 'data', s: 'strategy' }, ['c d', 'd s']), 'needs a bias', 'bias agent'],
  ['missing_input', drawn({ c: 'clock', s: 'strategy' }, ['c s']), 'needs market data and a bias'],
  [
    'no_risk_manager',
    drawn({ c: 'clock', d: 'data', r: 'rules', t: 'trade' }, ['c d', 'd r', 'r t']),
    'without a risk manager',
  ],
  ['unreachable_node', drawn({ ...CHAIN, d2: 'data' }, CHAIN_EDGES), 'data (d2)', 'clock (clock)'],
  [
    'two_writers',
    drawn({ ...CHAIN, r2: 'rules' }, [...CHAIN_EDGES, 'data r2', 'r2 risk']),
    'rules (rules) and rules (r2)',
    'only one',
  ],
  [
    'timeframe_not_fetched',
    drawn({ ...CHAIN, rules: ['rules', { timeframe: '15m' }] }, CHAIN_EDGES),
    '15m',
    'data (data)',
  ],
  ['missing_symbol', chain({ symbol: null }), '"symbol"'],
  ['missing_connection', chain({ trading_mode: 'live' }), 'live', 'broker connection'],
  ['missing_schedule', chain({ run_mode: 'run_scheduled' }), 'schedule_config'],
  ['bad_schedule', chain({ schedule_config: { schedule_type: 'cron' } }), 'cron_expression', 'none'],
  [
    'bad_schedule',
    chain({ schedule_config: { schedule_type: 'cron', cron_expression: '61 9 * * 1-5' } }),
    'minute',
    '61',
  ],
  ['bad_schedule', chain({ schedule_config: { schedule_type: 'interval' } }), 'interval_minutes'],
  ['bad_schedule', chain({ schedule_config: { ...WINDOW, end_time: '09:35' } }), 'end_time', 'same'],
  ['bad_schedule', chain({ schedule_config: { ...WINDOW, active_days: [] } }), 'active_days'],
  ['bad_schedule', chain({ schedule_config: { ...WINDOW, timezone: 'America/Gotham' } }), 'America/Gotham'],
  ['bad_schedule', chain({ schedule_config: { schedule_type: 'time_window' } }), 'start_time'],
  [
    'schedule_never_meets_trigger',
    drawn(
      {
        ...CHAIN,
        clock: ['time_trigger', { schedule: { type: 'specific_time', time: '16:30', timezone: 'America/New_York' } }],
      },
      CHAIN_EDGES,
      { schedule_config: WINDOW },
    ),
    'never',
    '09:35–15:30',
  ],
  [
    'schedule_never_meets_trigger',
    drawn(
      { ...CHAIN, clock: ['time_trigger', { schedule: { type: 'market_hours', offset_minutes: 380 } }] },
      CHAIN_EDGES,
      {
        schedule_config: WINDOW,
      },
    ),
    'never',
  ],
  [
    'daily_trigger_after_window',
    drawn({ ...CHAIN, clock: ['signal_trigger', { timeframe: '1d' }] }, CHAIN_EDGES, { schedule_config: WINDOW }),
    '1d',
    '16:00',
  ],
  [
    'instructions_unread',
    drawn({ ...CHAIN, b: ['bias', { instructions: 'be bold' }] }, [...CHAIN_EDGES, 'data b']),
    'nobody reads',
  ],
  [
    'forming_operand',
    drawn({ ...CHAIN, g: ['gate', { conditions: { left: { price: 'close', forming: true } } }] }, [
      ...CHAIN_EDGES,
      'data g',
    ]),
    'backtest',
  ],
  ['upgraded', chain({ execution_mode: 'LIVE' }), 'simulation'],
];

for (const [code, document, ...words] of CASES) {
  test(`compile reports ${code}: ${words.join(' … ')}`, () => {
    const found = problemsOf(document).filter((problem) => problem.code === code);
    assert.ok(found.length > 0, `expected ${code}, were ${JSON.stringify(problemsOf(document))}`);
    for (const word of words) {
      assert.ok(
        found.some(({ message }) => message.includes(word)),
        `expected "${word}" in ${found.map(({ message }) => message).join(' | ')}`,
      );
    }
  });
}

test('every problem code has a document that shows it', () => {
  assert.deepEqual(
    PROBLEM_CODES.filter((code) => !CASES.some(([shown]) => shown === code)),
    [],
  );
});

test('a legal chain has no problem, and its plan follows the drawn edges whatever the order of the nodes', () => {
  const document = chain();
  const reversed = { ...document, nodes: [...(document['nodes'] as object[])].reverse() };
  for (const drawing of [document, reversed]) {
    const { plan, problems, order } = compile(drawing, FAKE_AGENTS);
    assert.deepEqual(problems, []);
    assert.deepEqual(order, ['clock', 'data', 'rules', 'risk', 'trade']);
    assert.deepEqual(
      plan?.nodes.map(({ id, scope }) => [id, scope]),
      [
        ['clock', 'execution'],
        ['data', 'lane'],
        ['rules', 'lane'],
        ['risk', 'lane'],
        ['trade', 'lane'],
      ],
    );
    assert.deepEqual(plan?.byId.get('trade')?.sources, { strategy: ['rules'], risk: ['risk'] });
    assert.deepEqual(plan?.byId.get('risk')?.parents, ['rules']);
    assert.deepEqual([plan?.symbols, plan?.timeframes, plan?.lookbackBars], [['AAPL'], ['5m'], 250]);
  }
});

test('seed-M2 removing an edge changes the plan or is a problem', () => {
  const edges = [...CHAIN_EDGES];
  const whole = compile(chain(), FAKE_AGENTS).order;
  for (const removed of edges) {
    const { plan, problems } = compile(
      drawn(
        CHAIN,
        edges.filter((edge) => edge !== removed),
      ),
      FAKE_AGENTS,
    );
    assert.ok(plan === null ? problems.length > 0 : plan.nodes.map(({ id }) => id).join() !== whole.join(), removed);
  }
});

test('seed-M20 every run mode compiles with schedule_config null, scheduled alone asks for one', () => {
  for (const run_mode of ['run_once', 'run_continuous', 'run_on_signal']) {
    assert.deepEqual(problemsOf(chain({ run_mode, schedule_config: null })), []);
  }
  assert.deepEqual(
    problemsOf(chain({ run_mode: 'run_scheduled', schedule_config: null })).map(({ code }) => code),
    ['missing_schedule'],
  );
});

test('several triggers mean any: all feed one node, and one that can fire in the window is enough', () => {
  const document = drawn(
    { ...CHAIN, late: ['time_trigger', { schedule: { type: 'specific_time', time: '16:30' } }] },
    [...CHAIN_EDGES, 'late data'],
    { schedule_config: WINDOW },
  );
  const { plan, problems } = compile(document, FAKE_AGENTS);
  assert.deepEqual(
    problems.map(({ code, severity }) => [code, severity]),
    [['schedule_never_meets_trigger', 'warning']],
  );
  assert.deepEqual(plan?.byId.get('data')?.sources.trigger, ['clock', 'late']);
  assert.deepEqual(
    plan?.triggers.map(({ id }) => id),
    ['clock', 'late'],
  );
});

test('without a trigger the market data node is where a run starts', () => {
  const { clock: _, ...rest } = CHAIN;
  assert.deepEqual(problemsOf(drawn(rest, CHAIN_EDGES.slice(1))), []);
});

test('a universe supplies the lanes in place of a symbol', () => {
  const { plan } = compile(
    drawn({ ...CHAIN, pick: 'picker' }, ['clock pick', 'pick data', ...CHAIN_EDGES.slice(1)], { symbol: null }),
    FAKE_AGENTS,
  );
  assert.deepEqual([plan?.symbols, plan?.universeNodeId, plan?.byId.get('pick')?.scope], [[], 'pick', 'execution']);
});

test('the caller may supply the lanes of a document without a symbol', () => {
  const { plan } = compile(chain({ symbol: null }), FAKE_AGENTS, { symbols: ['SPY', 'QQQ'] });
  assert.deepEqual(plan?.symbols, ['SPY', 'QQQ']);
});

test('a gate hands on what comes in, and a timeframe left out is the primary one', () => {
  const document = drawn({ ...CHAIN, g: 'gate' }, ['clock data', 'data g', 'g rules', 'rules risk', 'risk trade'], {
    primary_timeframe: '1h',
  });
  const { plan, problems } = compile(document, FAKE_AGENTS);
  assert.deepEqual(problems, []);
  assert.deepEqual(plan?.timeframes, ['1h']);
  assert.deepEqual(plan?.byId.get('rules')?.sources, { market_data: ['data'] });
});

test('the fix for a missing timeframe adds it to the market data node', () => {
  const [problem] = problemsOf(drawn({ ...CHAIN, rules: ['rules', { timeframe: '1d' }] }, CHAIN_EDGES));
  assert.deepEqual(problem?.fix?.edits, [
    { edit: 'set_config', nodeId: 'data', field: 'timeframes', value: ['5m', '1d'] },
  ]);
});

test('a long row of nodes compiles', () => {
  const nodes: Record<string, string> = { clock: 'clock', data: 'data' };
  const edges = ['clock data', 'data g0'];
  for (let i = 0; i < 150; i++) {
    nodes[`g${i}`] = 'gate';
    if (i > 0) edges.push(`g${i - 1} g${i}`);
  }
  assert.equal(compile(drawn(nodes, edges), FAKE_AGENTS).order.length, 152);
});
