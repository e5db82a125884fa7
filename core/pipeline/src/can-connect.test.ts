import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAKE_AGENTS } from './agents.fake.ts';
import { type ConnectRefusal, canConnect } from './can-connect.ts';

const NODES = {
  c: 'clock',
  d: 'data',
  b: 'bias',
  s: 'strategy',
  r: 'rules',
  r2: 'rules',
  k: 'risk',
  t: 'trade',
  g: 'gate',
};

function ask(edges: readonly string[], edge: string) {
  const pair = (text: string) => {
    const [from = '', to = ''] = text.split(' ');
    return { from, to };
  };
  const nodes = Object.entries(NODES).map(([id, agentType]) => ({ id, agentType }));
  return canConnect({ nodes, edges: edges.map(pair) }, pair(edge), FAKE_AGENTS);
}

const REFUSED: readonly (readonly [reason: ConnectRefusal, edges: readonly string[], edge: string, word: string])[] = [
  ['feeds_itself', [], 'd d', 'itself'],
  ['already_connected', ['c d'], 'c d', 'already feeds'],
  ['loop', ['d g'], 'g d', 'loop'],
  ['kinds_do_not_match', [], 'c s', 'a trigger'],
  ['trigger_takes_no_input', [], 'd c', 'takes no input'],
  ['two_writers', ['d r', 'd r2', 'r k'], 'r2 k', 'only one'],
  ['no_risk_manager', ['d r'], 'r t', 'risk manager'],
  ['unknown_node', [], 'd ghost', 'ghost'],
];

for (const [reason, edges, edge, word] of REFUSED) {
  test(`canConnect refuses ${edge} after [${edges.join(', ')}]: ${reason}`, () => {
    const answer = ask(edges, edge);
    assert.ok(!answer.allowed);
    assert.equal(answer.reason, reason);
    assert.ok(answer.message.includes(word), answer.message);
  });
}

test('canConnect offers the agent that belongs between', () => {
  const answer = ask([], 'c s');
  assert.ok(!answer.allowed);
  assert.deepEqual(answer.fix?.edits, [{ edit: 'insert_node', agentType: 'data', from: 'c', to: 's' }]);
  const bypass = ask(['d r'], 'r t');
  assert.ok(!bypass.allowed);
  assert.deepEqual(bypass.fix?.edits, [{ edit: 'insert_node', agentType: 'risk', from: 'r', to: 't' }]);
});

test('canConnect allows a legal chain edge by edge', () => {
  const edges = ['c d', 'd b', 'b s', 'd s', 's k', 'k t', 's t'];
  edges.forEach((edge, i) => {
    assert.deepEqual(ask(edges.slice(0, i), edge), { allowed: true }, edge);
  });
});
