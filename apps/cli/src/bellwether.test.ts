import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runCommandLine } from './bellwether.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellwether-cli-'));
});
after(() => rm(folder, { recursive: true }));

async function call(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommandLine(args, { out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const HEADER = 'timestamp,open,high,low,close,volume';
const DAYS = ['2013-10-04', '2013-10-07', '2013-10-08', '2013-10-09', '2013-10-10', '2013-10-11'];
const ROWS = DAYS.map((day, i) => `${day},${100 + i},${101 + i},${99 + i},${100.5 + i},1000`);
const good = () => file('good.csv', [HEADER, ...ROWS].join('\n'));

function pipeline(change: Record<string, unknown> = {}): string {
  const nodes = [
    {
      id: 'trigger',
      agent_type: 'technical_trigger',
      config: {
        timeframe: '1d',
        conditions: { logic: 'AND', conditions: [{ left: { price: 'close' }, operator: '>', right: 0 }] },
        fire: 'every_bar',
      },
    },
    { id: 'data', agent_type: 'market_data_agent', config: { timeframes: ['1d'] } },
    {
      id: 'rules',
      agent_type: 'rule_strategy_agent',
      config: {
        timeframe: '1d',
        long_entry: { logic: 'AND', conditions: [{ left: { price: 'close' }, operator: '>', right: 101 }] },
      },
    },
    {
      id: 'risk',
      agent_type: 'risk_manager_agent',
      config: { sizing: 'equity_fraction', equity_fraction: 0.5, max_position_fraction: 1 },
    },
    { id: 'trade', agent_type: 'trade_manager_agent', config: {} },
    { id: 'report', agent_type: 'reporting_agent', config: {} },
  ];
  const ids = nodes.map(({ id }) => id);
  const edges = ids.slice(1).map((to, i) => ({ from: ids[i], to }));
  const mode = {
    slippage_pct: 0,
    simulate_partial_fills: false,
    simulate_rejections: false,
    commission: { per_share: 0 },
  };
  return JSON.stringify({
    name: 'trial',
    symbol: 'SPY',
    primary_timeframe: '1d',
    run_mode: 'run_continuous',
    nodes,
    edges,
    mode_config: mode,
    ...change,
  });
}

test('a backtest prints one object, the same each time, and its journal replays identically', async () => {
  const document = await file('p.json', pipeline());
  const journal = join(folder, 'journal.jsonl');
  const first = await call('backtest', document, '--bars', `SPY=${await good()}`, '--journal', journal, '--json');
  assert.equal(first.code, 0, first.err);
  const result = JSON.parse(first.out);
  // 101.5 is the first close above 101; half of 100,000 less the buffer buys 491 shares at the next open, 102.
  assert.deepEqual(result.fills, [
    {
      time: '2013-10-08T13:30:00Z',
      symbol: 'SPY',
      side: 'buy',
      quantity: '491',
      price: '102.00',
      commission: '0.00',
      slippage: '0.00',
      reason: 'entry',
    },
  ]);
  assert.equal(result.equity_final, '101718.50');
  const second = JSON.parse((await call('backtest', document, '--bars', `SPY=${await good()}`, '--json')).out);
  assert.equal(second.order_hash, result.order_hash);
  const replayed = await call('replay', journal);
  assert.match(replayed.out, /^identical: 6 executions/);
});

test('replay names the first difference when the journal was changed', async () => {
  const document = await file('p2.json', pipeline());
  const journal = join(folder, 'changed.jsonl');
  await call('backtest', document, '--bars', `SPY=${await good()}`, '--journal', journal);
  await writeFile(journal, (await readFile(journal, 'utf8')).replace('"action":"buy"', '"action":"sell"'));
  const { code, out } = await call('replay', journal);
  assert.equal(code, 1);
  assert.match(out, /^different at execution .*, journal_seq \d+, node rules/);
});

test('compare says that decisions are the same, and what a fill at another price is worth', async () => {
  const document = await file('p3.json', pipeline());
  const journal = join(folder, 'one.jsonl');
  await call('backtest', document, '--bars', `SPY=${await good()}`, '--journal', journal);
  const dearer = await file(
    'dearer.jsonl',
    (await readFile(journal, 'utf8')).replace('"price":"102.00"', '"price":"102.10"'),
  );
  const same = await call('compare', journal, journal);
  assert.deepEqual([same.code, /the same fills of 1 orders/.test(same.out)], [0, true]);
  const { code, out } = await call('compare', journal, dearer);
  assert.equal(code, 0, out);
  assert.match(out, /the same \d+ decisions/);
  assert.match(out, /a 491 at 102\.00 .* b 491 at 102\.10 .*: \$-49\.10/);
  const other = await file(
    'other.jsonl',
    (await readFile(journal, 'utf8')).replace('"action":"buy"', '"action":"sell"'),
  );
  assert.equal((await call('compare', journal, other)).code, 1);
});

test('what run prints can be compared, and a document for paper is told to be simulated', async () => {
  const document = await file('p4.json', pipeline({ trading_mode: 'paper' }));
  const tape = join(folder, 'run-tape');
  await mkdir(tape, { recursive: true });
  await writeFile(join(tape, 'SPY.csv'), await readFile(await good(), 'utf8'));
  const { code, out, err } = await call('run', document, '--tape', tape);
  assert.equal(code, 0, err);
  assert.match(err, /^simulated: the document is for paper/m);
  assert.match(out, /"trading_mode":"simulation"/);
  const printed = await file('run.jsonl', out);
  const compared = await call('compare', printed, printed);
  assert.deepEqual([compared.code, /^the same \d+ decisions/.test(compared.out)], [0, true]);
  const { code: refused, err: why } = await call('replay', printed);
  assert.equal(refused, 1);
  assert.match(why, /expected a header line first/);
});

const BAD_ROWS: readonly [string, string, RegExp][] = [
  ['NaN', '2013-10-09,103,NaN,102,103.5,1000', /bad\.csv:5.*NaN/s],
  ['high below low', '2013-10-09,103,101,104,103.5,1000', /bad\.csv:5/],
  ['a duplicate timestamp', '2013-10-08,103,104,102,103.5,1000', /bad\.csv:5.*2013-10-08/s],
  ['a backward timestamp', '2013-10-07,103,104,102,103.5,1000', /bad\.csv:5.*2013-10-07/s],
  ['a missing column', '2013-10-09,103,104,102,103.5', /bad\.csv:5/],
  ['a price of zero', '2013-10-09,0,104,0,103.5,1000', /bad\.csv:5/],
];
for (const [what, row, expected] of BAD_ROWS) {
  test(`a bar file with ${what} is refused with file and line, and nothing is traded`, async () => {
    const path = await file('bad.csv', [HEADER, ...ROWS.slice(0, 3), row].join('\n'));
    const { code, out, err } = await call('backtest', await file('p3.json', pipeline()), '--bars', `SPY=${path}`);
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(err, expected);
  });
}

const BAD_DOCUMENTS: readonly [
  string,
  (document: {
    nodes: { id: string; agent_type: string; config: Record<string, unknown> }[];
    edges: { from: string; to: string }[];
  }) => void,
  RegExp,
][] = [
  ['a cycle', (document) => document.edges.push({ from: 'trade', to: 'rules' }), /rules.*risk.*trade/s],
  [
    'an unknown agent',
    (document) => Object.assign(document.nodes[2] ?? {}, { agent_type: 'oracle_agent' }),
    /oracle_agent/,
  ],
  ['a missing input', (document) => document.edges.splice(1, 1), /market data/],
  [
    'a setting out of range',
    (document) => Object.assign(document.nodes[3]?.config ?? {}, { equity_fraction: -1 }),
    /equity_fraction/,
  ],
  ['an unknown setting', (document) => Object.assign(document.nodes[3]?.config ?? {}, { leverage: 3 }), /leverage/],
  [
    'two nodes of one id',
    (document) => document.nodes.push({ id: 'risk', agent_type: 'reporting_agent', config: {} }),
    /risk/,
  ],
];
for (const [what, spoil, expected] of BAD_DOCUMENTS) {
  test(`a pipeline with ${what} is refused with the place, by validate and by backtest`, async () => {
    const document = JSON.parse(pipeline());
    spoil(document);
    const path = await file('spoiled.json', JSON.stringify(document));
    for (const { code, err } of [
      await call('validate', path),
      await call('backtest', path, '--bars', `SPY=${await good()}`),
    ]) {
      assert.equal(code, 1);
      assert.match(err, expected);
    }
  });
}

const BAD_CALLS: readonly [readonly string[], number, RegExp][] = [
  [['fly'], 2, /expected one of serve, validate, backtest/],
  [['backtest'], 2, /expected one pipeline document/],
  [['backtest', 'none.json', '--bars', 'SPY=x.csv'], 1, /none\.json/],
  [['backtest', 'none.json'], 2, /--bars/],
  [['backtest', 'none.json', '--bars', 'SPY'], 2, /SYMBOL=file/],
  [['backtest', 'none.json', '--bars', 'SPY=x', '--from', '2013-13-01'], 2, /--from/],
  [['backtest', 'none.json', '--bars', 'SPY=x', '--cash', 'much'], 2, /--cash/],
  [['backtest', 'none.json', '--bars', 'SPY=x', '--cash', '0'], 2, /--cash above 0/],
  [['backtest', 'none.json', '--speed'], 2, /--speed/],
  [['indicators', '--values', '--bars', 'SPY=x', '--indicator', 'RSX'], 1, /RSX/],
  [['calendar', '--from', '2026-11-27', '--to', '2026-11-01'], 2, /--from/],
  [['calendar', '--market', 'MOON', '--from', '2026-11-27', '--to', '2026-11-28'], 2, /MOON/],
  [['replay', 'none.jsonl'], 1, /none\.jsonl/],
  [['sandbox', 'now'], 2, /expected no argument, was "now"/],
  [['sandbox', '--port', '70000'], 2, /--port to be a port from 0 to 65535/],
  [['sandbox', '--cash', 'much'], 2, /--cash/],
  [['sandbox', '--speed', '10'], 2, /--tape with --speed/],
  [['sandbox', '--tape', 'moon'], 1, /expected a demo tape .*was "moon"; choose one/],
  [['sandbox', '--faults', 'gravity=1'], 2, /expected a fault of .*was "gravity"/],
  [['sandbox', '--faults', 'halt'], 2, /--faults as name=number.*was "halt"/],
];
for (const [args, expected, sentence] of BAD_CALLS) {
  test(`"bellwether ${args.join(' ')}" exits ${expected} with a sentence that says what to do`, async () => {
    const { code, err } = await call(...args);
    assert.equal(code, expected, err);
    assert.match(err, sentence);
  });
}

test('an unknown symbol is refused, naming what was given', async () => {
  const { code, err } = await call('backtest', await file('p4.json', pipeline()), '--bars', `AAPL=${await good()}`);
  assert.equal(code, 1);
  assert.match(err, /expected bars of SPY.*given are bars of AAPL/);
});

test('a range without bars is refused, naming what there is', async () => {
  const { code, err } = await call(
    'backtest',
    await file('p6.json', pipeline()),
    '--bars',
    `SPY=${await good()}`,
    '--from',
    '2030-01-01',
  );
  assert.equal(code, 1);
  assert.match(
    err,
    /expected bars of SPY from 2030-01-01 to the last, found none; its bars are 2013-10-04 to 2013-10-11/,
  );
});

test('a journal that cannot be written is refused before anything is traded', async () => {
  const nowhere = join(folder, 'no-such-folder', 'journal.jsonl');
  const { code, out, err } = await call(
    'backtest',
    await file('p7.json', pipeline()),
    '--bars',
    `SPY=${await good()}`,
    '--journal',
    nowhere,
  );
  assert.equal(code, 2);
  assert.equal(out, '');
  assert.match(err, /expected --journal to be a file that can be written.*ENOENT/);
});

test('the calendar prints the half day after Thanksgiving and why Thursday is closed', async () => {
  const { out } = await call('calendar', '--from', '2026-11-26', '--to', '2026-11-27', '--json');
  const { sessions, closures } = JSON.parse(out);
  assert.deepEqual(sessions, [
    { date: '2026-11-27', opens_at: '2026-11-27T14:30:00Z', closes_at: '2026-11-27T18:00:00Z', early_close: true },
  ]);
  assert.equal(closures[0].date, '2026-11-26');
});

test('indicator values are null while warming up', async () => {
  const { out } = await call(
    'indicators',
    '--values',
    '--bars',
    `SPY=${await good()}`,
    '--indicator',
    'SMA',
    '--params',
    '{"period":3}',
    '--json',
  );
  assert.deepEqual(
    JSON.parse(out).values.map(({ value }: { value: number | null }) => value),
    [null, null, 101.5, 102.5, 103.5, 104.5],
  );
});

test('run starts one execution at once on a demo tape, with its journal on stdout', async () => {
  const { code, out, err } = await call('run', await file('p5.json', pipeline({ symbol: 'AAPL' })));
  assert.equal(code, 0, err);
  const events = out.split('\n').map((line) => JSON.parse(line));
  assert.equal(events[0].event, 'execution_started');
  assert.equal(events[0].trigger.kind, 'manual');
  assert.equal(events.at(-1).event, 'execution_completed');
});

test('every command has help', async () => {
  const { out } = await call('--help');
  for (const name of [
    'serve',
    'validate',
    'backtest',
    'run',
    'sandbox',
    'replay',
    'compare',
    'agents',
    'indicators',
    'calendar',
    'halt',
    'doctor',
    'migrate',
  ]) {
    assert.match(out, new RegExp(`^  ${name} `, 'm'));
    const help = await call(name, '--help');
    assert.equal(help.code, 0);
    assert.match(help.out, new RegExp(`bellwether ${name}`));
  }
});

test('a stop of everybody wants a reason, and does not flatten with its release', async () => {
  const without = await call('halt');
  assert.equal(without.code, 2);
  assert.match(without.err, /--reason to say why/);
  const both = await call('halt', '--release', '--flatten', '--reason', 'x');
  assert.equal(both.code, 2);
  assert.match(both.err, /were both/);
});
