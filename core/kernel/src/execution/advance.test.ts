import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BellwetherError, type Kind, type MarketData, type StrategySignal } from '@bellwether/domain';
import { compile } from '@bellwether/pipeline';
import { Type } from 'typebox';
import type { AgentOutput } from '../agent/agent-output.ts';
import { type AgentCatalogue, type AgentDefinition, type Decision, defineAgent } from '../agent/define-agent.ts';
import { advance, startExecution } from './advance.ts';
import type { ExecutionCommand } from './execution-command.ts';
import type { ExecutionEvent } from './execution-event.ts';
import type { ExecutionPlan } from './execution-plan.ts';
import type { ExecutionState } from './execution-state.ts';
import { type ExecutionPorts, perform, startedEvent } from './perform.ts';

const AT = Date.UTC(2026, 6, 6, 13, 35);

function toy(
  type: string,
  category: AgentDefinition['category'],
  reads: Kind[],
  writes: Kind | null,
  decide: (symbol: string) => Decision,
): AgentDefinition {
  return defineAgent({
    type,
    version: 1,
    category,
    name: type,
    description: type,
    icon: 'dot',
    rate: '0',
    reads,
    writes,
    config: { schema: Type.Object({}), parse: () => ({}) },
    decide: (_input, _config, context) => decide(context.symbol),
  });
}

const output = (kind: AgentOutput['kind'], value: unknown): Decision => ({
  kind: 'output',
  output: { kind, value } as AgentOutput,
  summary: `${kind} written`,
});
const marketData = (symbol: string) => output('market_data', { symbol } as MarketData);
const signal = (action: 'buy' | 'hold') =>
  output('strategy', {
    action,
    holdReasons: action === 'hold' ? ['bias_neutral'] : [],
    reasoning: 'because',
  } as unknown as StrategySignal);

function catalogueOf(...changes: AgentDefinition[]): AgentCatalogue {
  const standard = [
    toy('time', 'trigger', [], 'trigger', () => output('trigger', {})),
    toy('data', 'data', ['trigger'], 'market_data', marketData),
    toy('lean', 'analysis', ['market_data'], 'bias', () => output('bias', {})),
    toy('gate', 'analysis', [], null, () => ({ kind: 'pass', summary: 'passed' })),
    toy('plan', 'analysis', ['market_data', 'bias'], 'strategy', () => signal('hold')),
    {
      ...toy('tell', 'reporting', [], 'report', (symbol) => output('report', { symbol })),
      readsOptionally: ['strategy', 'bias'] as const,
    },
  ];
  return new Map([...standard, ...changes].map((agent) => [agent.type, agent]));
}

function planFor(edges: readonly [string, string][], catalogue = catalogueOf(), symbols = ['AAPL']): ExecutionPlan {
  const ids = [...new Set(edges.flat())];
  const { plan, problems } = compile(
    {
      name: 'toy',
      nodes: ids.map((id) => ({ id, agent_type: id.replace(/\d$/, ''), config: {} })),
      edges: edges.map(([from, to]) => ({ from, to })),
    },
    catalogue,
    { symbols },
  );
  assert.ok(plan, JSON.stringify(problems));
  return plan;
}

interface Run {
  readonly state: ExecutionState;
  readonly journal: readonly ExecutionEvent[];
}

function started(symbols = ['AAPL']): ExecutionEvent {
  return {
    event: 'execution_started',
    at: AT,
    executionId: 'e1',
    pipelineId: 'p1',
    version: 1,
    tradingMode: 'simulation',
    runMode: 'run_once',
    trigger: { nodeId: null, kind: 'manual', at: AT, text: 'by hand' },
    symbols,
  };
}

function run(plan: ExecutionPlan, symbols = ['AAPL'], cancelAfter = Number.POSITIVE_INFINITY): Run {
  const ports: ExecutionPorts = {
    now: () => AT,
    contextFor: (_plan, state, _node, symbol) => ({
      context: { symbol: symbol ?? '', now: AT, executionId: state.executionId } as never,
      inputsHash: () => null,
    }),
    submit: () => [],
    reportId: () => null,
  };
  let state = startExecution(plan, 'e1');
  const journal: ExecutionEvent[] = [];
  const queue: ExecutionEvent[] = [started(symbols)];
  const commands: ExecutionCommand[] = [];
  for (;;) {
    const event = queue.shift();
    if (event !== undefined) {
      const next = advance(plan, state, event);
      state = next.state;
      journal.push(event);
      commands.push(...next.commands);
      if (journal.length === cancelAfter) queue.push({ event: 'cancel_requested', at: AT, reason: 'by the user' });
      continue;
    }
    const command = commands.shift();
    if (command === undefined || state.status === 'ended') return { state, journal };
    if (command.command === 'set_timer') {
      queue.push({ event: 'timer_fired', at: command.dueAt, commandId: command.id });
      continue;
    }
    if (!state.open.some((open) => open.id === command.id)) continue;
    if (command.command === 'invoke_agent') queue.push(startedEvent(plan, command, AT));
    const events = perform(plan, state, command, ports);
    assert.ok(!(events instanceof Promise));
    queue.push(...events);
  }
}

const CHAIN: readonly [string, string][] = [
  ['time', 'data'],
  ['data', 'lean'],
  ['lean', 'plan'],
  ['data', 'plan'],
  ['plan', 'tell'],
];
const asked = (journal: readonly ExecutionEvent[]) =>
  journal.flatMap((event) => (event.event === 'agent_started' ? [event.agentId] : []));

test('seed-M2 runs the drawn edges in a topological order, and another drawing otherwise', () => {
  assert.deepEqual(asked(run(planFor(CHAIN)).journal), ['time', 'data', 'lean', 'plan', 'tell']);
  const parallel = planFor([
    ['time', 'data'],
    ['data', 'lean1'],
    ['data', 'lean2'],
    ['lean1', 'tell'],
    ['lean2', 'tell'],
  ]);
  assert.deepEqual(asked(run(parallel).journal), ['time', 'data', 'lean1', 'lean2', 'tell']);
});

test('hold produces no order: the lane is blocked with its reason, the report is still written', () => {
  const { state, journal } = run(planFor(CHAIN));
  const blocked = journal.find((event) => event.event === 'lane_blocked');
  assert.equal(blocked?.event === 'lane_blocked' && blocked.refusal.rule, 'bias_neutral');
  assert.equal(state.result, 'blocked');
  assert.equal(state.reason, 'bias_neutral');
  assert.equal(asked(journal).at(-1), 'tell');
});

test('seed-M8 a lane of several symbols decides as an execution of one', () => {
  const plan = planFor(CHAIN, catalogueOf(), ['AAPL', 'MSFT']);
  const both = run(plan, ['AAPL', 'MSFT']).state.lanes;
  const one = run(plan, ['MSFT']).state.lanes;
  assert.deepEqual(both[1], one[0]);
});

test('seed-M10 the state is plain data: a JSON round trip at any point changes nothing', () => {
  const plan = planFor(CHAIN);
  let state = startExecution(plan, 'e1');
  for (const event of run(plan).journal) {
    state = advance(plan, JSON.parse(JSON.stringify(state)) as ExecutionState, event).state;
    assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
  }
  assert.equal(state.status, 'ended');
});

test('folding the journal again gives the same open commands with the same ids', () => {
  const plan = planFor(CHAIN);
  const { journal } = run(plan);
  for (let cut = 1; cut < journal.length; cut++) {
    const fold = () =>
      journal.slice(0, cut).reduce((state, event) => advance(plan, state, event).state, startExecution(plan, 'e1'));
    assert.deepEqual(fold().open, fold().open);
    assert.ok(fold().open.length > 0 || journal[cut]?.event === 'execution_completed');
  }
});

test('retries a retryable failure after the delay, at most max_retries times, then fails the lane and still reports', () => {
  let calls = 0;
  const flaky = toy('data', 'data', ['trigger'], 'market_data', () => {
    calls += 1;
    throw new BellwetherError('retryable', 'agent/timeout', 'expected an answer in time');
  });
  const { state, journal } = run(planFor(CHAIN, catalogueOf(flaky)));
  assert.equal(calls, 4);
  const timers = journal.filter((event) => event.event === 'timer_fired');
  assert.deepEqual(
    timers.map((event) => event.at - AT),
    [60_000, 60_000, 60_000],
  );
  assert.equal(state.result, 'failed');
});

test('does not retry a failure that would repeat itself', () => {
  const broken = toy('lean', 'analysis', ['market_data'], 'bias', () => {
    throw new BellwetherError('invalid', 'agent/failed', 'expected a setting');
  });
  const { state } = run(planFor(CHAIN, catalogueOf(broken)));
  assert.equal(state.result, 'failed');
  assert.equal(state.reason, 'expected a setting');
});

test('a canceled execution asks nobody else and ends canceled', () => {
  const { state, journal } = run(planFor(CHAIN), ['AAPL'], 4);
  assert.equal(state.result, 'canceled');
  assert.ok(!asked(journal).includes('plan'));
});

test('an output of another kind than the agent declares is an error, not an input', () => {
  const liar = toy('lean', 'analysis', ['market_data'], 'bias', () => marketData('AAPL'));
  const { state } = run(planFor(CHAIN, catalogueOf(liar)));
  assert.equal(state.result, 'failed');
  assert.match(state.reason ?? '', /expected lean to write bias, was market_data/);
});

test('seed-O26 validation ends with what it would have executed', () => {
  const trade = toy('order', 'execution', ['strategy'], 'trade', () =>
    output('trade', { intents: [{ symbol: 'AAPL' }] }),
  );
  const buys = toy('plan', 'analysis', ['market_data', 'bias'], 'strategy', () => signal('buy'));
  const chain: readonly [string, string][] = [
    ['time', 'data'],
    ['data', 'lean'],
    ['lean', 'plan'],
    ['data', 'plan'],
    ['plan', 'order'],
  ];
  const plan = planFor(chain, catalogueOf(buys, trade));
  const { state } = run(plan);
  const submit = state.open.find((command) => command.command === 'submit_intents');
  assert.ok(submit);
  const settled = advance(plan, state, {
    event: 'intents_settled',
    at: AT,
    commandId: submit.id,
    agentId: 'order',
    agentType: 'order',
    symbol: 'AAPL',
    outcome: 'would_execute',
    refusal: null,
    outputSummary: 'would execute',
  });
  const [end] = settled.commands;
  assert.ok(end?.command === 'complete_execution');
  assert.deepEqual([end.result, end.reason], ['blocked', 'would_execute']);
});

test('an event after the end is a bug', () => {
  const plan = planFor(CHAIN);
  const { state } = run(plan);
  assert.throws(() => advance(plan, state, started()), { code: 'execution/journal-conflict' });
});
