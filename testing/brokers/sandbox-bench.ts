import { setImmediate as turn } from 'node:timers/promises';
import { type AlpacaBinding, openAlpacaPaper, verifyAlpacaConnection } from '@bellwether/adapters';
import type { Broker, BrokerCapabilities } from '@bellwether/ports';
import type { BrokerBench, ManualClock } from '@bellwether/ports/testing';
import { SandboxControl } from '@bellwether/sandbox/control';

const SYMBOL = 'AAPL';
const MINUTE_MS = 60_000;
/** The stream waits a fiftieth of what it would: its backoff is tested with timers of its own. */
const HASTE = 50;

/** The switches of a sandbox account. */
export type SandboxSwitches = NonNullable<Parameters<SandboxControl['openAccount']>[0]>['switches'];

export interface SandboxBenchOptions {
  readonly url: string;
  /** Opens an account of its own. */
  readonly keyId: string;
  /** The market's and the sandbox's time; every bar moves it by a minute. */
  readonly clock: ManualClock;
  readonly capabilities: BrokerCapabilities;
  readonly switches?: SandboxSwitches;
  /** What is put before every client order id. */
  readonly prefix?: string;
}

/** Returns a bench whose broker is the Alpaca adapter and whose market is a sandbox on loopback. */
export async function sandboxBench(options: SandboxBenchOptions): Promise<BrokerBench> {
  const { url, keyId, clock, capabilities, switches } = options;
  const control = new SandboxControl({ url, keyId });
  await control.openAccount({ cash: '100000', seed: 1, ...(switches === undefined ? {} : { switches }) });
  const keys = { keyId, secretKey: 'secret' };
  const connection = await verifyAlpacaConnection({ baseUrl: url, keys, clock });
  const open = (): Promise<AlpacaBinding> =>
    openAlpacaPaper({ mode: 'paper', keys, connection, clock, capabilities, schedule: hastily });
  let { broker } = await open();
  const play = async (open: number, high: number, low: number): Promise<void> => {
    const start = clock.now().epochMilliseconds;
    const bar = { open, high, low, close: (high + low) / 2, volume: 1_000_000 };
    await control.market([{ kind: 'open', symbol: SYMBOL, at: start, open }]);
    clock.advance(MINUTE_MS);
    await control.market([{ kind: 'bar', symbol: SYMBOL, start, end: start + MINUTE_MS, ...bar }]);
  };
  // A market without a price has nothing against which a stop could be checked.
  await play(100, 100, 100);
  return {
    get broker(): Broker {
      return broker;
    },
    symbol: SYMBOL,
    price: 100,
    id: (name) => `${options.prefix ?? 'bw1-'}${name}`,
    async trades(open, high, low, depth) {
      if (depth === 'thin') await control.faults({ partial_fill_rate: { count: 1 } });
      await play(open, high, low);
      await control.faults({ partial_fill_rate: { count: 0 } });
    },
    async restart() {
      ({ broker } = await open());
      return broker;
    },
    async loseNextAnswer() {
      await control.faults({ drop_reply_after_accept: { count: 1 } });
    },
    async dropStream() {
      await control.faults({ drop_stream: { count: 1 } });
      // The connection breaks at the next event: one of another symbol, which no card looks at.
      await control.external({ symbol: 'MSFT', side: 'buy', quantity: '1', type: 'limit', limit_price: '1' });
    },
    async wait() {
      await turn();
    },
  };
}

function hastily(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms / HASTE);
  timer.unref();
  return () => clearTimeout(timer);
}
