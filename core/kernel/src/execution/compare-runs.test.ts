import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { intentOf, planOf } from '../order/desk-play.fixture.ts';
import { compareRuns, type Run } from './compare-runs.ts';
import type { ExecutionEvent } from './execution-event.ts';
import type { OrderSnapshot } from './lane-story.ts';

const AT = Date.parse('2026-03-02T17:50:00Z');
const trigger = { nodeId: 'trigger', kind: 'technical', at: AT, text: 'crossed' } as const;

const ORDER: OrderSnapshot = {
  orderId: 'o',
  positionId: 'p',
  purpose: 'entry',
  symbol: 'AAPL',
  side: 'buy',
  type: 'market',
  status: 'planned',
  quantity: '10',
  filledQuantity: '0',
  averagePrice: null,
  limitPrice: null,
  stopPrice: null,
  commission: '0.00',
  reason: null,
};

interface Sketch {
  readonly executionId?: string;
  readonly at?: number;
  readonly side?: 'buy' | 'sell';
  readonly fills?: readonly (readonly [price: string, quantity: string, commission: string])[];
  readonly quantity?: string;
  readonly story?: string;
  readonly order?: Partial<OrderSnapshot>;
}

function runOf({
  executionId = 'a',
  at = AT,
  side = 'buy',
  fills = [['100', '10', '0.05']],
  quantity = '10',
  story = 'traded',
  order,
}: Sketch): Run {
  const step = { at, commandId: `${executionId}:1:0`, agentId: 'trade', agentType: 'trade', symbol: 'AAPL' };
  const done = { ...step, outputSummary: '', costIncrement: '0', inputsHash: executionId };
  const intent = intentOf({ side, quantity });
  const journal: ExecutionEvent[] = [
    {
      event: 'execution_started',
      at,
      executionId,
      pipelineId: 'pipeline',
      version: 1,
      tradingMode: 'simulation',
      runMode: 'run_once',
      trigger: { ...trigger, at },
      symbols: ['AAPL'],
    },
    { event: 'agent_completed', ...done, output: { kind: 'trade', value: planOf([intent], { timestamp: at }) } },
    ...(order === undefined
      ? []
      : [{ event: 'order_updated', ...step, order: { ...ORDER, side, ...order } } satisfies ExecutionEvent]),
    ...fills.map(
      ([price, filled, commission], i): ExecutionEvent => ({
        event: 'trade_executed',
        ...step,
        at: at + i,
        positionId: `position of ${executionId}`,
        trade: { symbol: 'AAPL', action: side, quantity: filled, price, commission },
      }),
    ),
    {
      event: 'agent_completed',
      ...done,
      agentId: 'report',
      output: {
        kind: 'report',
        value: { symbol: 'AAPL', title: story, outcome: 'traded', paragraphs: [], timestamp: at },
      },
    },
  ];
  return [journal];
}

describe('two runs of one pipeline', () => {
  test('are the same whatever their executions and accounts are called, and however they are told', () => {
    const compared = compareRuns(runOf({}), runOf({ executionId: 'b', story: 'bought' }));
    assert.deepEqual(compared, {
      decisions: 1,
      orders: 1,
      decisionDifferences: [],
      fillDifferences: [],
      effect: '0.00',
    });
  });

  test('differ in what a node decided, field by field', () => {
    const { decisionDifferences } = compareRuns(runOf({}), runOf({ quantity: '11' }));
    assert.equal(decisionDifferences.length, 1);
    assert.deepEqual([decisionDifferences[0]?.agentId, decisionDifferences[0]?.at], ['trade', AT]);
    assert.match(decisionDifferences[0]?.b ?? '', /"quantity":"11"/);
  });

  test('differ in an execution that only one of them has', () => {
    const { decisionDifferences, fillDifferences } = compareRuns(runOf({}), runOf({ at: AT + 60_000 }));
    assert.deepEqual(
      decisionDifferences.map(({ at, a, b }) => [at, a === null, b === null]),
      [
        [AT, false, true],
        [AT + 60_000, true, false],
      ],
    );
    assert.deepEqual(
      fillDifferences.map(({ a, b }) => [a === null, b === null]),
      [
        [false, true],
        [true, false],
      ],
    );
  });

  test('say which limit made an order smaller, and why one was not filled', () => {
    const cut = runOf({
      fills: [['100', '4', '0.02']],
      order: { quantity: '4', cut: { rule: 'open_risk', decidedQuantity: '10' } },
    });
    const dropped = runOf({ fills: [], order: { quantity: '10', status: 'dropped', reason: 'the market is halted' } });
    const [smaller] = compareRuns(runOf({}), cut).fillDifferences;
    assert.deepEqual(
      [smaller?.causeA, smaller?.causeB],
      [null, { rule: 'open_risk', text: 'the limit of open risk let through 4 of 10 shares' }],
    );
    const [unfilled] = compareRuns(runOf({}), dropped).fillDifferences;
    assert.deepEqual([unfilled?.b, unfilled?.causeB], [null, { rule: null, text: 'dropped: the market is halted' }]);
    const [unexplained] = compareRuns(runOf({}), runOf({ fills: [['100', '4', '0.02']] })).fillDifferences;
    assert.deepEqual([unexplained?.causeA, unexplained?.causeB], [null, null]);
  });

  for (const [name, a, b, effect] of [
    ['a dearer buy', { fills: [['100', '10', '0.05']] }, { fills: [['100.1', '10', '0']] }, '-0.95'],
    ['a better sale', { side: 'sell' }, { side: 'sell', fills: [['100.2', '10', '0.05']] }, '2.00'],
    [
      'two parts of the same buy',
      {},
      {
        fills: [
          ['99', '5', '0.02'],
          ['101', '5', '0.03'],
        ],
      },
      '0.00',
    ],
    ['a smaller buy', {}, { fills: [['99', '4', '0.05']] }, '4.00'],
    ['no fill at all', {}, { fills: [] }, '0.00'],
  ] as const) {
    test(`differ by what ${name} is worth`, () => {
      const compared = compareRuns(runOf(a as Sketch), runOf(b as Sketch));
      assert.equal(compared.effect, effect);
      assert.equal(compared.decisionDifferences.length, 0);
    });
  }
});
