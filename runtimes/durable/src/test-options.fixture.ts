import { BellwetherError } from '@bellwether/domain';
import type { ExecutionEvent } from '@bellwether/kernel';
import { compile } from '@bellwether/pipeline';
import type { EventCodec } from './engine/event-codec.ts';
import type { RuntimeOptions } from './runtime.ts';
import { TEST_DIGESTS } from './testing.ts';
import { trivialAgents, trivialPorts } from './trivial-agents.fixture.ts';

/** Events as they are inside: the wire has tests of its own, and is no business of this package. */
const PLAIN_CODEC: EventCodec = {
  toWire: (event, envelope) => ({ ...envelope, ...event }),
  fromWire: (document) => document as ExecutionEvent,
  position: () => ({}),
  trade: () => ({}),
};

/** Options of a runtime that drives trivial agents, and no sessions. */
export function testOptions(url: string): RuntimeOptions {
  const agents = trivialAgents();
  return {
    url,
    compile: (document) => {
      const { plan, problems } = compile(document, agents);
      if (plan !== null) return plan;
      throw new BellwetherError('invalid', 'pipeline/has-problems', problems.map(({ message }) => message).join('; '));
    },
    loadTape: async () => [],
    codec: PLAIN_CODEC,
    sha256: TEST_DIGESTS,
    installation: 'test',
    log: () => undefined,
    portsFor: () =>
      trivialPorts(
        () => Date.now(),
        async () => undefined,
      ),
  };
}
