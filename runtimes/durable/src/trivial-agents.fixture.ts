import { BellwetherError } from '@bellwether/domain';
import {
  type AgentDefinition,
  defineAgent,
  type ExecutionEvent,
  type ExecutionPorts,
  type StepContext,
} from '@bellwether/kernel';
import Type from 'typebox';

const config = { schema: Type.Object({}), parse: () => null };
const shape = { version: 1, icon: 'dot', rate: '0', description: 'For tests.', config, reads: [] } as const;

const trigger = defineAgent({
  ...shape,
  type: 'trivial_trigger',
  name: 'Trigger',
  category: 'trigger',
  writes: 'trigger',
  watch: () => ({ kind: 'time', next: () => null }),
  decide: (_input, _config, context) => ({
    kind: 'output',
    output: { kind: 'trigger', value: context.trigger },
    summary: 'fired',
  }),
});

/** Answers at once, or when its promise settles. */
const step = (type: string, later: boolean) =>
  defineAgent({
    ...shape,
    type,
    name: 'Step',
    category: 'analysis',
    writes: null,
    decide: () => {
      const answer = { kind: 'pass', summary: 'ok' } as const;
      return later ? Promise.resolve(answer) : answer;
    },
  });

/** Fails twice, as a network would, and then answers. */
const flaky = (failures: Map<string, number>) =>
  defineAgent({
    ...shape,
    type: 'flaky_step',
    name: 'Flaky',
    category: 'analysis',
    writes: null,
    decide: (_input, _config, { executionId }) => {
      const failed = failures.get(executionId) ?? 0;
      if (failed >= 2) return { kind: 'pass', summary: 'ok' };
      failures.set(executionId, failed + 1);
      throw new BellwetherError('retryable', 'agent/failed', 'expected an answer, was none');
    },
  });

const trade = defineAgent({
  ...shape,
  type: 'trivial_trade',
  name: 'Trade',
  category: 'execution',
  reads: ['trigger'],
  writes: 'trade',
  decide: (_input, _config, { symbol, trigger }) => ({
    kind: 'output',
    summary: 'buys one',
    output: {
      kind: 'trade',
      value: {
        symbol,
        timestamp: trigger.at,
        intents: [
          {
            symbol,
            purpose: 'open',
            side: 'buy',
            type: 'market',
            quantity: '1',
            limitPrice: null,
            stopLoss: null,
            target1: null,
            target2: null,
            sizingPrice: 100,
            sizeAtFill: null,
          },
        ],
        exits: {
          plan: 'auto',
          splitAt: 0.5,
          firstTargetPercent: 50,
          moveStopToBreakeven: false,
          breakevenFees: false,
          singleShareTarget: 'target_1',
          partialPatienceMs: 3_000,
          monitoring: true,
        },
        entryValidMs: 60_000,
        entryWhenClosed: 'drop',
        allowPyramiding: false,
        summary: 'buys one',
      },
    },
  }),
});

/** An agent that knows nothing, in the shapes that a runtime must be able to drive. */
export function trivialAgents(failures = new Map<string, number>()): ReadonlyMap<string, AgentDefinition> {
  const agents = [trigger, step('quick_step', false), step('slow_step', true), flaky(failures), trade];
  return new Map(agents.map((agent) => [agent.type, agent as AgentDefinition]));
}

/** A pipeline that asks agents one after the other. */
export function chainOf(types: readonly string[]): object {
  const nodes = ['trivial_trigger', ...types].map((agent_type, i) => ({ id: `n${i}`, agent_type }));
  const edges = nodes.slice(1).map(({ id }, i) => ({ from: `n${i}`, to: id }));
  return { name: 'Chain', symbol: 'TEST', nodes, edges, settings: { max_retries: 3, retry_delay: 0 } };
}

/** Ports of an execution that looks at nothing. `placeOrder` is told each command once more than needed after a crash, under the same id. */
export function trivialPorts(now: () => number, placeOrder: (commandId: string) => Promise<void>): ExecutionPorts {
  return {
    now,
    contextFor: (plan, state, _node, symbol) =>
      ({
        context: {
          now: now(),
          executionId: state.executionId,
          pipelineName: plan.pipeline.name,
          tradingMode: state.tradingMode,
          symbol: symbol ?? '',
          trigger: state.trigger,
        },
        inputsHash: () => null,
      }) as StepContext,
    submit: async (_plan, _state, command): Promise<readonly ExecutionEvent[]> => {
      await placeOrder(command.id);
      const { id: commandId, nodeId: agentId, symbol } = command;
      const settled = { at: now(), commandId, agentId, agentType: 'trivial_trade', symbol };
      return [{ event: 'intents_settled', ...settled, outcome: 'traded', refusal: null, outputSummary: 'bought' }];
    },
    reportId: () => null,
  };
}
