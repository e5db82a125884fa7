import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AccountCommand, AccountOrder } from '@bellwether/kernel';
import { BROKER_PROFILES, type Broker, type BrokerPosition } from '@bellwether/ports';
import { PROCESS_CLOCK } from '../process-clock.ts';
import type { Untimed } from './account-binding.ts';
import { AccountCommands } from './account-commands.ts';
import { BrokerLanes } from './broker-lanes.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));
const never = () => new Promise<never>(() => undefined);

/** A broker that answers nothing but what the test gives it. */
const SILENT: Broker = {
  capabilities: BROKER_PROFILES.alpaca,
  submit: never,
  find: never,
  findById: never,
  replace: never,
  cancel: never,
  orders: never,
  fills: never,
  positions: never,
  account: never,
  events: () => ({ [Symbol.asyncIterator]: () => ({ next: never }) }),
};

function commandsOn(broker: Partial<Broker>, orders: readonly Partial<AccountOrder>[] = []) {
  const told: Untimed[] = [];
  const commands = new AccountCommands({
    broker: { ...SILENT, ...broker },
    instruments: { find: never },
    lanes: new BrokerLanes({ clock: PROCESS_CLOCK, requestsPerMinute: 200 }),
    clock: PROCESS_CLOCK,
    clockSkew: () => Promise.resolve(null),
    orderOf: (id) => orders.find(({ clientOrderId }) => clientOrderId === id) as AccountOrder | undefined,
    siblingsOf: () => [],
    tell: (fact) => told.push(fact),
    mayBeSent: () => Promise.resolve(true),
    isHeld: () => Promise.resolve(true),
    at: () => undefined,
  });
  return { told, commands };
}

describe('commands to a broker', () => {
  test('a cancel is asked for at once though every look hangs', async () => {
    const canceled: string[] = [];
    const cancel: Broker['cancel'] = async (id) => {
      canceled.push(id);
      return 'requested';
    };
    const { commands } = commandsOn({ cancel }, [{ clientOrderId: 'a', brokerOrderId: 'b' }]);
    for (let i = 0; i < 20; i++) commands.perform({ command: 'find', clientOrderId: `lost ${i}`, lane: 'protect' });
    commands.perform({ command: 'cancel', clientOrderId: 'a', lane: 'protect' });
    await settled();
    await settled();
    assert.deepEqual(canceled, ['b']);
  });

  test('a question is asked again only when the first asking is answered, so answers come in the order of their questions', async () => {
    const answers: ((positions: readonly BrokerPosition[]) => void)[] = [];
    const { commands, told } = commandsOn({ positions: () => new Promise((answer) => answers.push(answer)) });
    const read: AccountCommand = { command: 'read_positions', lane: 'read' };
    commands.perform(read);
    commands.perform(read);
    await settled();
    assert.equal(answers.length, 1);
    answers[0]?.([]);
    await settled();
    assert.equal(answers.length, 2);
    answers[1]?.([]);
    await settled();
    assert.deepEqual(
      told.map(({ fact }) => fact),
      ['positions_read', 'positions_read'],
    );
  });

  test('an order that was not sent after all is answered as refused: there is nothing to look for', async () => {
    const { commands, told } = commandsOn({}, [{ clientOrderId: 'a', request: null }]);
    commands.withhold('a', 'stopped before it was sent');
    commands.perform({ command: 'submit', clientOrderId: 'gone', lane: 'entry' });
    await settled();
    const outcome = { kind: 'refused', code: 'withheld', scope: 'order' };
    assert.deepEqual(told, [
      { fact: 'submitted', clientOrderId: 'a', outcome: { ...outcome, text: 'stopped before it was sent' } },
      { fact: 'submitted', clientOrderId: 'gone', outcome: { ...outcome, text: 'there is nothing to send any more' } },
    ]);
  });
});
