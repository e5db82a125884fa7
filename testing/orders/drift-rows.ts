import { ONE_SHARE, priceFromNumber, type Quantity } from '@bellwether/domain';
import type { DriftScene } from './drift-scene.ts';

/** One row of the reconciler's table (trading-rules §7): how it comes about, and what is right to have happened. */
export interface DriftRow {
  readonly row: string;
  readonly bothSides?: boolean;
  readonly plan?: 'split_exits' | 'single_target';
  prepare?(scene: DriftScene): void;
  inject(scene: DriftScene): void;
  isHandled(scene: DriftScene): boolean;
  /** What the harness would otherwise take for a broken promise, and is what this row is about. */
  readonly allows?: RegExp;
}

const shares = (count: number): Quantity => (BigInt(count) * ONE_SHARE) as Quantity;
const cents = (price: number): number => Math.round(price * 100) / 100;

/** Takes our exits down without a word, and sells some of our shares. */
function sellOurs(scene: DriftScene): void {
  scene.lost.add('AAPL');
  const before = scene.own.quantity;
  const taken = 1 + Math.floor(scene.chance() * (Number(before / ONE_SHARE) - 2));
  const side = scene.own.side === 'long' ? 'sell' : 'buy';
  scene.quantity = before - shares(taken);
  scene.userCancels('AAPL');
  // The broker lets the shares go once its cancels are through.
  scene.play.after(300, () => scene.userTrades('AAPL', side, taken, 0));
}

export const DRIFT_ROWS: readonly DriftRow[] = [
  {
    row: 'an entry that never arrived',
    inject: (scene) => {
      const { play } = scene;
      play.wire.faults = { ...play.wire.faults, lostRequest: 1 };
      scene.propose('GOOG');
      play.after(2_000, () => {
        play.wire.faults = { ...play.wire.faults, lostRequest: 0 };
      });
    },
    isHandled: (scene) => {
      const [entry, second] = scene.play.brokerage.orders.filter(
        ({ symbol, part }) => symbol === 'GOOG' && part === 'entry',
      );
      if (entry === undefined || second !== undefined) return false;
      // The market may have passed its limit meanwhile: then it rests, and the ledger says so.
      const known = scene.position('GOOG')?.orders[0];
      const rests = entry.status === 'working' && entry.filled === 0n && known?.status === 'working';
      return rests ? known.brokerOrderId === entry.id : scene.isCovered('GOOG', shares(9));
    },
  },
  {
    row: 'an order of ours that belongs to a known position',
    bothSides: true,
    inject: (scene) => {
      scene.lost.add('AAPL');
      const { own } = scene;
      scene.quantity = own.quantity;
      const clientOrderId = scene.nextId('stop_only', 'stop');
      scene.userCancels('AAPL');
      const { side, quantity, stop: stopPrice } = own;
      scene.play.after(260, () =>
        scene.postOurs({
          clientOrderId,
          symbol: 'AAPL',
          side: side === 'long' ? 'sell' : 'buy',
          type: 'stop',
          quantity,
          stopPrice,
        }),
      );
    },
    isHandled: (scene) =>
      scene.isCovered('AAPL', scene.quantity) &&
      scene.own.orders.some(({ brokerOrderId }) => brokerOrderId === scene.order?.id),
  },
  {
    row: 'an unfilled order of ours that nothing explains',
    inject: (scene) => {
      const limitPrice = priceFromNumber(cents(scene.play.market.walk('GOOG').price * 0.9));
      scene.postOurs({ symbol: 'GOOG', side: 'buy', type: 'limit', quantity: shares(5), limitPrice });
    },
    isHandled: (scene) => scene.isOver(scene.order) && scene.hasAlert('stray_order', 'page'),
  },
  {
    row: 'a filled order of ours that nothing explains',
    inject: (scene) => {
      scene.strays.set('GOOG', 5);
      scene.postOurs({ symbol: 'GOOG', side: 'buy', quantity: shares(5) });
    },
    isHandled: (scene) => scene.hasAlert('stray_order', 'page') && scene.play.standing.now.account === 'halted',
  },
  {
    row: 'an order that is not ours',
    inject: (scene) => {
      scene.userRests('GOOG', 'buy', 5, cents(scene.play.market.walk('GOOG').price * 0.9));
      scene.play.after(45_000, () => scene.propose('GOOG'));
    },
    isHandled: (scene) => scene.hasRefused('GOOG') && !scene.isOver(scene.order),
  },
  {
    row: 'live here, over there',
    prepare: (scene) => scene.proposeResting('GOOG'),
    inject: (scene) => {
      scene.lost.add('GOOG');
      scene.userCancels('GOOG');
    },
    isHandled: (scene) => scene.position('GOOG') === undefined,
  },
  {
    row: 'over here, live there',
    prepare: (scene) => scene.proposeResting('GOOG'),
    inject: (scene) => {
      const { play } = scene;
      const entry = scene.live('GOOG').find(({ part }) => part === 'entry');
      if (entry === undefined) throw new Error('expected a resting entry, was none');
      scene.order = entry;
      const seen = play.brokerage.findById(entry.id);
      if (seen === undefined) throw new Error('expected the broker to show the entry, it does not');
      play.feed({ at: play.now, fact: 'order_seen', order: { ...seen, status: 'canceled' }, fill: null });
    },
    isHandled: (scene) => scene.isOver(scene.order) && scene.hasAlert('terminal_here_live_there', 'page'),
  },
  {
    row: 'a stop that is missing',
    bothSides: true,
    inject: (scene) => {
      scene.lost.add('AAPL');
      scene.quantity = scene.own.quantity;
      scene.userCancels('AAPL');
    },
    isHandled: (scene) => scene.isCovered('AAPL', scene.quantity),
  },
  {
    row: 'cover less than the position',
    plan: 'split_exits',
    prepare: (scene) => scene.play.market.setPrice('AAPL', scene.play.market.walk('AAPL').price * 1.025),
    inject: (scene) => {
      scene.lost.add('AAPL');
      scene.quantity = scene.own.quantity;
      const target = scene.live('AAPL').find(({ part }) => part === 'target');
      if (target !== undefined) scene.play.brokerage.cancel(target.id);
    },
    isHandled: (scene) => scene.isCovered('AAPL', scene.quantity),
  },
  {
    row: 'cover more than the position',
    prepare: (scene) => scene.userTrades('AAPL', 'buy', 11),
    inject: (scene) => {
      scene.lost.add('AAPL');
      const { own } = scene;
      scene.quantity = own.quantity;
      const price = scene.play.market.walk('AAPL').price;
      scene.postOurs({
        clientOrderId: scene.nextId('exit', 'target_1'),
        symbol: 'AAPL',
        side: 'sell',
        type: 'limit',
        quantity: shares(4),
        limitPrice: priceFromNumber(cents(price * 1.05)),
        oco: true,
        stopLoss: { clientOrderId: 'bw1-leg', stopPrice: own.stop ?? priceFromNumber(1) },
      });
    },
    isHandled: (scene) => scene.isOver(scene.order) && scene.isCovered('AAPL', scene.quantity),
    allows: /^\d+ ms: I1: /,
  },
  {
    row: 'fewer shares than ours',
    bothSides: true,
    inject: sellOurs,
    isHandled: (scene) => scene.isCovered('AAPL', scene.quantity) && scene.hasAlert('external_sale', 'alarm'),
  },
  {
    row: 'more shares than ours',
    inject: (scene) => {
      scene.lost.add('AAPL');
      scene.quantity = scene.own.quantity;
      scene.userTrades('AAPL', 'buy', 5);
    },
    isHandled: (scene) =>
      scene.isCovered('AAPL', scene.quantity) &&
      scene.play.external.get('AAPL') === shares(5) &&
      knows(scene, 'AAPL', 5),
  },
  {
    row: 'both legs filled',
    bothSides: true,
    inject: (scene) => {
      const { play } = scene;
      play.brokerage.habits = { ...play.brokerage.habits, bothLegsFillRate: 1 };
      play.market.setPrice('AAPL', play.market.walk('AAPL').price * (1 + 0.09 * scene.sign));
    },
    isHandled: (scene) =>
      scene.play.brokerage.truth.net('AAPL') === 0n &&
      scene.position('AAPL') === undefined &&
      scene.play.standing.now.account === 'halted' &&
      scene.hasAlert('sign_flip', 'page'),
    allows: /crossed zero|I3: |I1: /,
  },
  {
    row: 'a fill that nobody told',
    bothSides: true,
    inject: (scene) => {
      scene.lost.add('AAPL');
      scene.play.market.setPrice('AAPL', scene.play.market.walk('AAPL').price * (1 + 0.09 * scene.sign));
    },
    isHandled: (scene) => scene.position('AAPL') === undefined && scene.play.brokerage.truth.net('AAPL') === 0n,
  },
  {
    row: 'cash that differs',
    inject: (scene) => {
      const { brokerage } = scene.play;
      const account = brokerage.account.bind(brokerage);
      brokerage.account = () => {
        const told = account();
        return { ...told, cash: (told.cash - 5_000_000n) as typeof told.cash };
      };
      scene.mark = scene.play.posts.length;
      scene.quantity = account().cash - 5_000_000n;
    },
    isHandled: (scene) =>
      scene.play.posts.length === scene.mark && scene.play.machine?.saveMemory().snapshot?.cash === scene.quantity,
  },
  {
    row: 'everything agrees',
    bothSides: true,
    inject: (scene) => {
      scene.mark = scene.play.runs.length;
      scene.quantity = BigInt(scene.play.posts.length);
      scene.play.dropStream(500);
    },
    isHandled: (scene) =>
      BigInt(scene.play.posts.length) === scene.quantity &&
      scene.play.runs.slice(scene.mark).some(({ clean, found }) => clean && found.length === 0),
  },
];

function knows(scene: DriftScene, symbol: string, count: number): boolean {
  const external = scene.play.machine?.saveMemory().external ?? [];
  return external.some((holding) => holding.symbol === symbol && holding.quantity === shares(count));
}
