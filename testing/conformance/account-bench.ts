import { ONE_SHARE, type OrderRequest, type Quantity } from '@bellwether/domain';
import type { Broker, BrokerOrder } from '@bellwether/ports';
import { approvedInTest, type BrokerBench } from '@bellwether/ports/testing';

export interface AccountUnderTest {
  readonly broker: Broker;
  readonly symbol: string;
  /** Where the market stands, in USD. */
  readonly price: number;
  /** Put before every client order id of this run: nobody has ever used it, and it tells our orders from all others. */
  readonly prefix: string;
  now(): Temporal.Instant;
  /** Lets some time go by, a moment or as long as the rate limit asks. */
  wait(): Promise<void>;
  /** Moves a market that is ours to move; absent for a real one. */
  play?(): Promise<void>;
}

/** Orders or shares of ours that could not be taken away: somebody has to look at the account. */
export class LeftBehind extends Error {}

/** How often the account is looked at until what was asked of it has happened. */
const MOST_LOOKS = 60;

/** Returns a bench on an account that others use too: it knows its own orders, and leaves nothing behind after `cleanUp`. */
export function accountBench(
  account: AccountUnderTest,
  card: string,
  turn: number,
): { readonly bench: BrokerBench; cleanUp(): Promise<void> } {
  const { broker, symbol, price } = account;
  const own = `${account.prefix}${card}-${turn}-`;
  const since = account.now().subtract({ minutes: 1 });
  const bench: BrokerBench = {
    broker,
    symbol,
    price,
    since,
    id: (name) => `${own}${name}`,
    async trades() {
      await (account.play ?? account.wait)();
    },
    restart: async () => broker,
    wait: () => account.wait(),
  };
  return { bench, cleanUp: () => cleanUp(account, own, since) };
}

/** Cancels what is left of our orders, and closes exactly the shares that they have bought or sold. */
async function cleanUp(account: AccountUnderTest, own: string, since: Temporal.Instant): Promise<void> {
  const { broker, symbol } = account;
  for (let looks = 0; ; looks++) {
    const live = (await ownOrders(account, own, since)).filter(isLive);
    if (live.length === 0) break;
    if (looks === MOST_LOOKS)
      throw new LeftBehind(`expected our orders to end after their cancel, ${live.length} are still live`);
    for (const order of live) await broker.cancel(order.brokerOrderId);
    await account.wait();
  }
  const signed = (await ownOrders(account, own, since)).reduce(
    (sum, { side, filledQuantity }) => sum + (side === 'buy' ? filledQuantity : -filledQuantity),
    0n,
  );
  if (signed === 0n) return;
  const quantity = (signed < 0n ? -signed : signed) as Quantity;
  const close: OrderRequest = {
    clientOrderId: `${own}close`,
    symbol,
    side: signed > 0n ? 'sell' : 'buy',
    type: 'market',
    quantity,
    limitPrice: null,
    stopPrice: null,
    timeInForce: 'day',
    takeProfit: null,
    stopLoss: null,
    oco: false,
  };
  await submitUntilTaken(account, close);
  await (account.play ?? account.wait)();
  for (let looks = 0; (await broker.find(close.clientOrderId))?.status !== 'filled'; looks++) {
    if (looks === MOST_LOOKS)
      throw new LeftBehind(`expected the close of ${quantity / ONE_SHARE} ${symbol} to fill, it rests`);
    await account.wait();
  }
  await untilFlat(account);
}

/** The shares of legs that were cancelled a moment ago may still be held for them. */
async function submitUntilTaken(account: AccountUnderTest, close: OrderRequest): Promise<void> {
  for (let looks = 0; ; looks++) {
    const outcome = await account.broker.submit(approvedInTest(close));
    if (outcome.kind === 'accepted' || outcome.kind === 'duplicate') return;
    if (looks === MOST_LOOKS) throw new LeftBehind(`expected to close ${close.symbol}, was ${JSON.stringify(outcome)}`);
    await account.wait();
  }
}

/** Positions lag behind orders: the next card begins when both say the same. */
async function untilFlat(account: AccountUnderTest): Promise<void> {
  for (let looks = 0; (await heldIn(account)) !== 0n; looks++) {
    if (looks === MOST_LOOKS) throw new LeftBehind(`expected ${account.symbol} to be flat after the close, it is held`);
    await account.wait();
  }
}

/** Shares of the symbol that anybody holds on the account, signed. */
export async function heldIn({ broker, symbol }: AccountUnderTest): Promise<bigint> {
  return (await broker.positions()).find((position) => position.symbol === symbol)?.quantity ?? 0n;
}

/** Our orders since the card began, legs and successors with them, each once. */
async function ownOrders(
  account: AccountUnderTest,
  own: string,
  since: Temporal.Instant,
): Promise<readonly BrokerOrder[]> {
  const listed = await account.broker.orders({ status: 'all', symbol: account.symbol, since });
  const ours = listed.filter(({ clientOrderId }) => clientOrderId.startsWith(own));
  const members = new Map(ours.flatMap((order) => [order, ...order.legs]).map((order) => [order.brokerOrderId, order]));
  return [...members.values()];
}

function isLive({ status }: BrokerOrder): boolean {
  return !['filled', 'canceled', 'expired', 'rejected', 'replaced'].includes(status);
}
