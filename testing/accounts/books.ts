import type { SandboxTruth, TrueOrder } from '@bellwether/sandbox/control';
import { isLive, type PaperAccount, type Proposed } from './paper-account.ts';
import { SHARES } from './round-trip.ts';

export interface BookFaults {
  /** Proposals that were neither traded nor refused, and what the ledger has and the broker has not. */
  readonly lost: readonly string[];
  /** What was bought or sold more than once. */
  readonly doubled: readonly string[];
  /** Orders and fills of the broker without a row. */
  readonly unknown: readonly string[];
  /** Entries that are sent no more and looked for over five minutes; the broker does not have them. */
  readonly watched: readonly string[];
  readonly traded: number;
  readonly refused: number;
}

interface LedgerOrder {
  readonly clientOrderId: string;
  readonly brokerOrderId: string | null;
  readonly executionId: string;
  readonly leg: string;
  readonly state: string;
  readonly filled: number;
}

interface LedgerFill {
  readonly brokerOrderId: string | null;
  readonly quantity: number;
}

/** Holds the ledger against what really happened at the broker, which is quiet by now. */
export async function auditBooks(account: PaperAccount, proposed: readonly Proposed[]): Promise<BookFaults> {
  const truth = await account.truth();
  const [orders, fills] = [await ordersOf(account), await fillsOf(account)];
  const own = truth.orders.filter(({ is_external: isExternal }) => !isExternal);
  const lost = lostRows(own, orders, fills);
  const watched: string[] = [];
  let traded = 0;
  let refused = 0;
  for (const { executionId, symbol } of proposed) {
    const entry = orders.find((order) => order.executionId === executionId && order.leg === 'entry');
    if (own.some((order) => order.client_order_id === entry?.clientOrderId)) traded += 1;
    else if (entry?.state === 'quarantined') watched.push(symbol);
    else if (entry !== undefined && WITHOUT_A_TRADE.has(entry.state)) refused += 1;
    else if ((await account.refusalOf(executionId)) !== undefined) refused += 1;
    else lost.push(`${symbol} was proposed and nothing came of it (entry ${entry?.state ?? 'none'})`);
  }
  return {
    lost,
    doubled: doubledIn(truth, proposed),
    unknown: unknownTo(own, orders, fills),
    watched,
    traded,
    refused,
  };
}

/** How an entry ends that the broker never had. */
const WITHOUT_A_TRADE = new Set(['dropped', 'rejected', 'not_placed']);

function lostRows(own: readonly TrueOrder[], orders: readonly LedgerOrder[], fills: readonly LedgerFill[]): string[] {
  const byId = new Map(own.map((order) => [order.id, order]));
  const lost: string[] = [];
  for (const { clientOrderId, brokerOrderId, state, filled } of orders) {
    const real = brokerOrderId === null ? undefined : byId.get(brokerOrderId);
    if (brokerOrderId === null && filled === 0) continue;
    if (real === undefined) lost.push(`${clientOrderId} is ${state} in the ledger and unknown to the broker`);
    else if (Number(real.filled_qty) !== filled)
      lost.push(`${real.symbol} ${clientOrderId} filled ${filled} in the ledger, ${real.filled_qty} at the broker`);
  }
  for (const order of own) {
    const booked = bookedOf(order, fills);
    if (booked < Number(order.filled_qty))
      lost.push(`${order.filled_qty} ${order.symbol} of ${order.id} filled, ${booked} are booked`);
  }
  return lost;
}

function unknownTo(own: readonly TrueOrder[], orders: readonly LedgerOrder[], fills: readonly LedgerFill[]): string[] {
  const names = new Set(orders.flatMap(({ clientOrderId, brokerOrderId }) => [clientOrderId, brokerOrderId]));
  const unknown = own
    .filter(({ id, client_order_id: name }) => !names.has(id) && !names.has(name))
    .map((order) => `${order.side} ${order.qty} ${order.symbol} (${order.type}, ${order.status}) has no row`);
  for (const order of own) {
    const booked = bookedOf(order, fills);
    if (booked > Number(order.filled_qty))
      unknown.push(`${booked} ${order.symbol} of ${order.id} are booked, ${order.filled_qty} filled`);
  }
  return unknown;
}

/** What an order's status told is booked under an id of its own, so fills are compared by shares. */
function bookedOf({ id }: TrueOrder, fills: readonly LedgerFill[]): number {
  return fills.filter(({ brokerOrderId }) => brokerOrderId === id).reduce((total, { quantity }) => total + quantity, 0);
}

/** One entry for each proposal, never more shares than proposed, never sold more than bought, and nothing left over. */
function doubledIn(truth: SandboxTruth, proposed: readonly Proposed[]): string[] {
  const doubled: string[] = [];
  for (const { symbol } of proposed) {
    const orders = truth.orders.filter((order) => order.symbol === symbol);
    const entries = orders.filter(({ side }) => side === 'buy');
    const sum = (side: string) =>
      orders.filter((order) => order.side === side).reduce((total, order) => total + Number(order.filled_qty), 0);
    const [bought, sold] = [sum('buy'), sum('sell')];
    if (entries.length > 1) doubled.push(`${symbol} was sent ${entries.length} entries`);
    if (bought > SHARES) doubled.push(`${bought} ${symbol} were bought, ${SHARES} proposed`);
    if (sold !== bought) doubled.push(`${bought} ${symbol} were bought, ${sold} sold`);
    const left = orders.filter(isLive);
    if (left.length > 0) doubled.push(`${left.length} orders in ${symbol} still work`);
    if (crossesZero(orders)) doubled.push(`${symbol} went through zero`);
  }
  const ids = truth.orders.map(({ client_order_id: id }) => id);
  if (new Set(ids).size < ids.length) doubled.push('two orders carry one client order id');
  return doubled;
}

function crossesZero(orders: readonly TrueOrder[]): boolean {
  const steps = orders
    .flatMap(({ side, fills }) =>
      fills.map((fill) => ({ at: fill.at, change: (side === 'buy' ? 1 : -1) * Number(fill.qty) })),
    )
    // Of one instant the buys come first: a fill and the exit that it arms may share it.
    .toSorted((a, b) => a.at.localeCompare(b.at) || b.change - a.change);
  let held = 0;
  return steps.some(({ change }) => {
    held += change;
    return held < 0;
  });
}

async function ordersOf(account: PaperAccount): Promise<readonly LedgerOrder[]> {
  const { rows } = await account.query<LedgerOrder>(
    `SELECT client_order_id AS "clientOrderId", broker_order_id AS "brokerOrderId", execution_id AS "executionId", leg, state,
       filled_quantity::float8 AS filled FROM engine.orders WHERE account_id = $1`,
    [account.id],
  );
  return rows;
}

async function fillsOf(account: PaperAccount): Promise<readonly LedgerFill[]> {
  const { rows } = await account.query<LedgerFill>(
    `SELECT o.broker_order_id AS "brokerOrderId", f.quantity::float8 AS quantity
     FROM engine.fills f JOIN engine.orders o ON o.id = f.order_id WHERE f.account_id = $1`,
    [account.id],
  );
  return rows;
}
