import { after } from 'node:test';
import { BROKER_PROFILES } from '@bellwether/ports';
import { brokerContract, ManualClock } from '@bellwether/ports/testing';
import { startSandbox } from '@bellwether/sandbox';
import { sandboxBench } from './sandbox-bench.ts';

const clock = new ManualClock('2025-07-01T13:30:00Z');
const sandbox = await startSandbox({ clock: () => clock.now().epochMilliseconds, requestsPerMinute: 0, seed: 1 });
after(() => sandbox.close());

let accounts = 0;
/** A key of its own for every card: an account that nobody has used. */
function nextKey(): string {
  accounts += 1;
  return `PKCARD${accounts}`;
}

brokerContract({
  name: 'Alpaca adapter on the sandbox',
  capabilities: BROKER_PROFILES.alpaca,
  make: () => sandboxBench({ url: sandbox.url, keyId: nextKey(), clock, capabilities: BROKER_PROFILES.alpaca }),
});

const PROVEN = {
  ...BROKER_PROFILES.alpaca,
  twinBrackets: true,
  bracketOnHeldSymbol: true,
  entryBesideRestingExit: true,
  stopFromFirstFill: true,
};
brokerContract({
  name: 'Alpaca adapter on a sandbox that can more',
  capabilities: PROVEN,
  make: () =>
    sandboxBench({
      url: sandbox.url,
      keyId: nextKey(),
      clock,
      capabilities: PROVEN,
      switches: {
        twin_brackets: true,
        bracket_on_held_symbol: true,
        entry_beside_resting_exit: true,
        stop_from_first_fill: true,
      },
    }),
});
