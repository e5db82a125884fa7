/** Who stands behind each port: the one place where adapters, agents and runtimes meet. */
import { hash } from 'node:crypto';
import { DEMO_TAPES, demoTape } from '@bellwether/adapters';
import { agentCatalogue } from '@bellwether/agents';
import {
  type ExecutionEventWire,
  eventFromWire,
  eventToWire,
  type PositionEnvelope,
  positionToWire,
  tradeToWire,
} from '@bellwether/contracts';
import { BellwetherError } from '@bellwether/domain';
import type { EventCodec, RuntimeOptions } from '@bellwether/durable';
import type { ExecutionPlan } from '@bellwether/kernel';
import { compile } from '@bellwether/pipeline';
import type { Bindings } from './bindings.ts';
import { TapeShelf } from './tape-shelf.ts';

const CODEC: EventCodec = {
  toWire: eventToWire,
  fromWire: (document) => eventFromWire(document as ExecutionEventWire),
  position: (position, facts) => positionToWire(position, facts as PositionEnvelope),
  trade: (position, facts) => tradeToWire(position, facts as PositionEnvelope),
};

/** The demo market's tapes: the only market data there is without a key. */
export function openTapeShelf(): TapeShelf {
  return new TapeShelf(DEMO_TAPES, demoTape);
}

export interface RuntimeSettings {
  readonly url: string;
  readonly shelf: TapeShelf;
  readonly installation: string;
  readonly bindings: Bindings;
  readonly log: RuntimeOptions['log'];
}

/** Returns what the durable runtime is handed. */
export function runtimeOptions({ url, shelf, installation, bindings, log }: RuntimeSettings): RuntimeOptions {
  return {
    url,
    compile: (document) => bindings.check(planOf(document)),
    accounts: bindings,
    brokerFor: bindings.brokerFor,
    loadTape: (tapeId) => shelf.load(tapeId),
    codec: CODEC,
    sha256: {
      base64url: (text) => hash('sha256', text, 'base64url'),
      hex: (text) => hash('sha256', text, 'hex'),
    },
    installation,
    log,
  };
}

function planOf(document: unknown): ExecutionPlan {
  const { plan, problems } = compile(document, agentCatalogue);
  if (plan !== null) return plan;
  const texts = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  throw new BellwetherError('invalid', 'pipeline/has-problems', texts.join('; '));
}
