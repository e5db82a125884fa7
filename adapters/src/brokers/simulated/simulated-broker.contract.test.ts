import { parseMoney } from '@bellwether/domain';
import { exchangeSettingsFrom } from '@bellwether/matching';
import { BROKER_PROFILES, type BrokerProfile } from '@bellwether/ports';
import { type BrokerBench, brokerContract, ManualClock } from '@bellwether/ports/testing';
import { SimulatedBroker } from './simulated-broker.ts';
import type { SimulatedAccountState } from './simulated-state.ts';

const MINUTE_MS = 60_000;

/** Rejections and partial fills off: the cards ask what a broker does, not what luck does. */
async function makeBench(profile: BrokerProfile): Promise<BrokerBench> {
  const clock = new ManualClock('2025-07-01T13:30:00Z');
  const settings = {
    ...exchangeSettingsFrom({
      slippagePct: 0.1,
      commission: { perShare: 0.005, minimum: 0, maximumFraction: null },
      simulatePartialFills: false,
      simulateRejections: false,
      seed: 1,
      initialBalance: '100000',
      profile,
      marginMultiplier: 2,
      limitFill: 'through',
      intrabar: 'pessimistic',
      volumeShare: 1,
      forceLiquidation: false,
    }),
    initialCash: parseMoney('100000'),
  };
  let stored = '';
  let losing = false;
  const save = async (state: SimulatedAccountState) => {
    if (losing) {
      losing = false;
      throw new Error('disk full');
    }
    stored = JSON.stringify(state);
  };
  let broker = new SimulatedBroker({ brokerAccountId: 'sim', settings, profile, clock, save });
  return {
    get broker() {
      return broker;
    },
    symbol: 'AAPL',
    price: 100,
    id: (name) => name,
    async trades(open, high, low, depth) {
      const volume = depth === 'thin' ? 4 : 1_000_000;
      const start = clock.now().epochMilliseconds;
      await broker.onOpen('AAPL', start, open, volume);
      clock.advance(MINUTE_MS);
      await broker.onBar('AAPL', {
        start,
        end: start + MINUTE_MS,
        open,
        high,
        low,
        close: (high + low) / 2,
        volume,
      });
    },
    async loseNextAnswer() {
      losing = true;
    },
    async restart() {
      broker = new SimulatedBroker({
        brokerAccountId: 'sim',
        settings,
        profile,
        clock,
        save,
        saved: JSON.parse(stored) as SimulatedAccountState,
      });
      return broker;
    },
  };
}

for (const profile of ['alpaca', 'ideal'] as const) {
  brokerContract({
    name: `simulated, ${profile}`,
    capabilities: BROKER_PROFILES[profile],
    make: () => makeBench(profile),
    skip: [{ card: 'BR-280', reason: 'lives in our process: its stream has no connection that could break' }],
  });
}
