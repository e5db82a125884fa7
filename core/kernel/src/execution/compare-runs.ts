import {
  capWords,
  type EpochMs,
  formatMoneyExact,
  formatPrice,
  formatQuantity,
  type Money,
  NO_MONEY,
  NO_QUANTITY,
  notional,
  type Price,
  parseMoney,
  parsePrice,
  parseQuantity,
  type Quantity,
} from '@bellwether/domain';
import { canonicalJson } from '@bellwether/pipeline';
import type { ExecutionEvent } from './execution-event.ts';

/** Journals of the executions of one pipeline, each whole or cut off at its end. */
export type Run = readonly (readonly ExecutionEvent[])[];

/** Something that one run decided and the other did not, or decided otherwise. */
export interface DecisionDifference {
  /** Market time of the decision. */
  readonly at: EpochMs;
  readonly agentId: string;
  readonly symbol: string | null;
  /** As canonical JSON; null where the run has no such decision. */
  readonly a: string | null;
  readonly b: string | null;
}

/** What an order came to: its fills together. Exact decimal strings, USD. */
export interface FilledOrder {
  readonly price: string;
  readonly quantity: string;
  /** Of its first fill. */
  readonly at: EpochMs;
  readonly commission: string;
}

/** What stands in an order's way: a limit of the account that made it smaller than decided, or the reason why it was not filled. */
export interface OrderCause {
  /** `max_symbol_exposure_fraction`, `kill_switch`; null where no rule did it. */
  readonly rule: string | null;
  /** One clause for people. */
  readonly text: string;
}

/** What became of the same order in both runs. */
export interface FillDifference {
  readonly decidedAt: EpochMs;
  readonly agentId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  /** Null where it was not filled. */
  readonly a: FilledOrder | null;
  readonly b: FilledOrder | null;
  /** Why it is smaller than decided, or not filled; null where nothing stood in its way. */
  readonly causeA: OrderCause | null;
  readonly causeB: OrderCause | null;
  /** USD that b's price and commission are better than a's on the shares that both filled; negative when worse. */
  readonly effect: string;
}

export interface RunComparison {
  /** Decisions that were held against each other. */
  readonly decisions: number;
  readonly orders: number;
  /** In the order of the first run; what only the second has comes last. */
  readonly decisionDifferences: readonly DecisionDifference[];
  readonly fillDifferences: readonly FillDifference[];
  /** USD, b against a, over all orders. */
  readonly effect: string;
}

interface Decision {
  readonly at: EpochMs;
  readonly agentId: string;
  readonly symbol: string | null;
  readonly text: string;
}

interface Order {
  readonly decidedAt: EpochMs;
  readonly agentId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  amount: bigint;
  quantity: bigint;
  commission: bigint;
  at: EpochMs;
}

/**
 * Holds two runs of one pipeline on the same market against each other: every output of every agent, with every intent, size and level, and then
 * what the orders came to. What only tells of orders (reports) is no decision. Ids of orders and executions are names, and not compared.
 */
export function compareRuns(a: Run, b: Run): RunComparison {
  const left = byTrigger(a);
  const right = byTrigger(b);
  const keys = [...left.keys(), ...[...right.keys()].filter((key) => !left.has(key))];
  const decisionDifferences: DecisionDifference[] = [];
  const fillDifferences: FillDifference[] = [];
  let decisions = 0;
  let orders = 0;
  let effect: bigint = 0n;
  for (const key of keys) {
    const [one, other] = [left.get(key) ?? [], right.get(key) ?? []];
    const pairs = pairsOf(decisionsOf(one), decisionsOf(other));
    decisions += pairs.length;
    for (const [mine, theirs] of pairs) {
      if (mine?.text === theirs?.text) continue;
      const { at, agentId, symbol } = (mine ?? theirs) as Decision;
      decisionDifferences.push({ at, agentId, symbol, a: mine?.text ?? null, b: theirs?.text ?? null });
    }
    const [filled, refilled] = [ordersOf(one), ordersOf(other)];
    const [causes, otherCauses] = [causesOf(one), causesOf(other)];
    for (const name of new Set([...filled.keys(), ...refilled.keys()])) {
      const [mine, theirs] = [filled.get(name), refilled.get(name)];
      orders += 1;
      const gained = effectOf(mine, theirs);
      effect += gained;
      if (mine !== undefined && theirs !== undefined && isSame(mine, theirs)) continue;
      const { decidedAt, agentId, symbol, side } = (mine ?? theirs) as Order;
      fillDifferences.push({
        decidedAt,
        agentId,
        symbol,
        side,
        a: filledOrder(mine),
        b: filledOrder(theirs),
        causeA: causes(name, mine),
        causeB: otherCauses(name, theirs),
        effect: formatMoneyExact(gained as Money),
      });
    }
  }
  return { decisions, orders, decisionDifferences, fillDifferences, effect: formatMoneyExact(effect as Money) };
}

/** Executions by what started them: their ids carry the account's name. */
function byTrigger(run: Run): Map<string, readonly ExecutionEvent[]> {
  const executions = new Map<string, readonly ExecutionEvent[]>();
  for (const journal of run) {
    const started = journal.find((event) => event.event === 'execution_started');
    if (started === undefined) continue;
    const { kind, nodeId, at } = started.trigger;
    executions.set(`${at} ${kind} ${nodeId ?? '-'}`, journal);
  }
  return executions;
}

function decisionsOf(journal: readonly ExecutionEvent[]): readonly Decision[] {
  return journal.flatMap((event): Decision[] => {
    if (event.event !== 'agent_completed' && event.event !== 'lane_blocked') return [];
    if (event.output?.kind === 'report') return [];
    const refusal = event.event === 'lane_blocked' ? event.refusal : null;
    const { at, agentId, symbol, output } = event;
    return [{ at, agentId, symbol, text: canonicalJson({ at, agentId, symbol, output, refusal }) }];
  });
}

function pairsOf(
  a: readonly Decision[],
  b: readonly Decision[],
): readonly (readonly [Decision | undefined, Decision | undefined])[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => [a[i], b[i]] as const);
}

/** What each trade node's orders came to, by node, lane and side: a lane sends one of each. */
function ordersOf(journal: readonly ExecutionEvent[]): Map<string, Order> {
  const orders = new Map<string, Order>();
  const decidedAt = new Map<string, EpochMs>();
  for (const event of journal) {
    if (event.event === 'agent_completed' && event.output?.kind === 'trade')
      decidedAt.set(`${event.agentId} ${event.symbol}`, event.at);
    if (event.event !== 'trade_executed') continue;
    const { agentId, at, trade } = event;
    const name = `${agentId} ${trade.symbol} ${trade.action}`;
    let order = orders.get(name);
    if (order === undefined) {
      const decided = decidedAt.get(`${agentId} ${trade.symbol}`) ?? at;
      order = {
        decidedAt: decided,
        agentId,
        symbol: trade.symbol,
        side: trade.action,
        amount: 0n,
        quantity: 0n,
        commission: 0n,
        at,
      };
      orders.set(name, order);
    }
    const quantity = parseQuantity(trade.quantity);
    order.quantity += quantity;
    order.amount += parsePrice(trade.price) * quantity;
    order.commission += parseMoney(trade.commission);
  }
  return orders;
}

/** Returns what an entry of the journal was cut down by, or else was not filled for. */
function causesOf(journal: readonly ExecutionEvent[]): (name: string, order: Order | undefined) => OrderCause | null {
  const cuts = new Map<string, OrderCause>();
  const ends = new Map<string, OrderCause>();
  for (const event of journal) {
    if (event.event === 'order_updated') {
      const { agentId, order } = event;
      const name = `${agentId} ${order.symbol} ${order.side}`;
      if (order.cut !== undefined) {
        const { rule, decidedQuantity } = order.cut;
        cuts.set(name, { rule, text: `${capWords(rule)} let through ${order.quantity} of ${decidedQuantity} shares` });
      }
      if (order.purpose === 'entry' && order.reason !== null)
        ends.set(name, { rule: null, text: `${order.status.replaceAll('_', ' ')}: ${order.reason}` });
    } else if (event.event === 'intents_settled' && event.refusal !== null) {
      const { rule, text } = event.refusal;
      for (const side of ['buy', 'sell']) ends.set(`${event.agentId} ${event.symbol} ${side}`, { rule, text });
    }
  }
  return (name, order) => cuts.get(name) ?? (order === undefined ? (ends.get(name) ?? null) : null);
}

function isSame(a: Order, b: Order): boolean {
  return a.quantity === b.quantity && a.amount === b.amount && a.commission === b.commission && a.at === b.at;
}

function effectOf(a: Order | undefined, b: Order | undefined): bigint {
  if (a === undefined || b === undefined || a.quantity === 0n || b.quantity === 0n) return NO_MONEY;
  const shared = (a.quantity < b.quantity ? a.quantity : b.quantity) as Quantity;
  const difference = b.amount / b.quantity - a.amount / a.quantity;
  const better = (a.side === 'buy' ? -difference : difference) as Price;
  return notional(better, shared) - (b.commission - a.commission);
}

function filledOrder(order: Order | undefined): FilledOrder | null {
  if (order === undefined || order.quantity === NO_QUANTITY) return null;
  return {
    price: formatPrice((order.amount / order.quantity) as Price),
    quantity: formatQuantity(order.quantity as Quantity),
    at: order.at,
    commission: formatMoneyExact(order.commission as Money),
  };
}
