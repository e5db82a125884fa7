/** The durable runtime as the server wires it, for tests that drive it over given bars. */
import { agentCatalogue } from '@bellwether/agents';
import {
  type ExecutionEventWire,
  eventFromWire,
  eventToWire,
  type PositionEnvelope,
  positionToWire,
  tradeToWire,
} from '@bellwether/contracts';
import type { EventCodec, RuntimeOptions, TapeSymbol } from '@bellwether/durable';
import { TEST_DIGESTS } from '@bellwether/durable/testing';
import type { AgentCatalogue, ExecutionPlan } from '@bellwether/kernel';
import { compile } from '@bellwether/pipeline';

export const TEST_CODEC: EventCodec = {
  toWire: eventToWire,
  fromWire: (document) => eventFromWire(document as ExecutionEventWire),
  position: (position, facts) => positionToWire(position, facts as PositionEnvelope),
  trade: (position, facts) => tradeToWire(position, facts as PositionEnvelope),
};

/** Compiles a document, or throws all of its problems. */
export function planOf(document: unknown, catalogue: AgentCatalogue = agentCatalogue): ExecutionPlan {
  const { plan, problems } = compile(document, catalogue);
  if (plan === null) throw new Error(problems.map(({ message }) => message).join('; '));
  return plan;
}

/** Options under which the runtime computes the same ids as a backtest. */
export function runtimeOptions(
  url: string,
  tapes: ReadonlyMap<string, readonly TapeSymbol[]>,
  catalogue: AgentCatalogue = agentCatalogue,
): RuntimeOptions {
  return {
    url,
    compile: (document) => planOf(document, catalogue),
    loadTape: async (id) => tapes.get(id) ?? [],
    codec: TEST_CODEC,
    sha256: TEST_DIGESTS,
    installation: 'backtest',
    log: () => undefined,
  };
}
