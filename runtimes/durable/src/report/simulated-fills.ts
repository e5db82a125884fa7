import { barAt, capWords, type EpochMs, type Money, priceFromNumber } from '@bellwether/domain';
import {
  compareRuns,
  type DeskEvent,
  type ExecutionEvent,
  type ExecutionPlan,
  executionEventFrom,
  OrderDesk,
  type OrderIntent,
  type RunComparison,
  type TradePlan,
} from '@bellwether/kernel';
import { exchangeSettingsFrom, SimulatedExchange } from '@bellwether/matching';
import type { EventDocument } from '../engine/event-codec.ts';
import type { Digests } from '../feed/digests.ts';
import { rowFrom, type TapeSymbol } from '../feed/tape-cursor.ts';

export interface SimulatedFillsSettings {
  readonly plan: ExecutionPlan;
  readonly tape: readonly TapeSymbol[];
  /** The execution's journal, oldest first. */
  readonly events: readonly ExecutionEvent[];
  /** Nothing that happens later is looked at. */
  readonly until: EpochMs;
  readonly sha256: Digests;
}

/** No entry is refused for want of money that an account at a broker had. */
const PLENTY = 1_000_000_000_000_000_000n as Money;

/**
 * journal of a paper run ─▶ its entries again, through the simulated exchange, over the same bars ─▶ what they would have filled at
 *
 * Pure. Entries only: what a position is sold for is known when it is closed, after its execution has ended.
 */
export function compareWithSimulation(settings: SimulatedFillsSettings): RunComparison {
  const { events } = settings;
  const opened = events.filter((event) => event.event !== 'trade_executed' || isEntry(events, event));
  const decided = opened.filter((event) => event.event !== 'trade_executed');
  return compareRuns([[...decided, ...simulate(settings)]], [opened]);
}

/** The report's section, as rows show it: what the fills differ by, and which limits of the account made an order smaller than decided. */
export function fillsComparedDocument(
  { orders, fillDifferences, effect }: RunComparison,
  events: readonly ExecutionEvent[],
): EventDocument {
  const filled = (order: (typeof fillDifferences)[number]['a']) =>
    order === null
      ? null
      : {
          price: order.price,
          quantity: order.quantity,
          time: new Date(order.at).toISOString(),
          commission: order.commission,
        };
  return {
    text: [
      fillDifferences.length === 0
        ? 'every entry was filled as the simulated exchange would have filled it'
        : `${fillDifferences.length} of ${orders} entries were filled otherwise than the simulated exchange would have: $${effect}`,
      ...cutsIn(events),
    ].join('; '),
    effect,
    orders: fillDifferences.map(({ decidedAt, symbol, side, a, b, effect: own }) => ({
      decided_at: new Date(decidedAt).toISOString(),
      symbol,
      side,
      simulated: filled(a),
      actual: filled(b),
      effect: own,
    })),
  };
}

/** Simulation has no limits of an account: an order that they made smaller is no difference of the decision, and is told here. */
function cutsIn(events: readonly ExecutionEvent[]): readonly string[] {
  const cuts = new Map<string, string>();
  for (const event of events) {
    if (event.event !== 'order_updated' || event.order.cut === undefined) continue;
    const { orderId, symbol, side, quantity, cut } = event.order;
    cuts.set(
      orderId,
      `${capWords(cut.rule)} of the account let through ${quantity} of ${cut.decidedQuantity} shares to ${side} of ${symbol}`,
    );
  }
  return [...cuts.values()];
}

function isEntry(
  events: readonly ExecutionEvent[],
  fill: Extract<ExecutionEvent, { event: 'trade_executed' }>,
): boolean {
  return events.some(
    (event) =>
      event.event === 'order_updated' &&
      event.order.purpose === 'entry' &&
      event.order.positionId === fill.positionId &&
      event.order.side === fill.trade.action,
  );
}

function simulate({ plan, tape, events, until, sha256 }: SimulatedFillsSettings): readonly ExecutionEvent[] {
  const { mode } = plan.pipeline;
  const exchange = new SimulatedExchange({
    ...exchangeSettingsFrom({
      ...mode,
      simulatePartialFills: false,
      simulateRejections: false,
      forceLiquidation: false,
    }),
    initialCash: PLENTY,
  });
  const fills: ExecutionEvent[] = [];
  const desk = new OrderDesk(
    exchange,
    {
      installation: 'compare',
      account: 'compare',
      allowShort: true,
      commission: mode.commission,
      validationOnly: false,
      splitAtEntry: mode.profile === 'ideal',
    },
    sha256.base64url,
    (event: DeskEvent) => {
      const answer = event.kind === 'filled' && event.leg === 'entry' ? executionEventFrom(event) : null;
      if (answer !== null) fills.push(answer.event);
    },
  );
  for (const decision of events) {
    if (decision.event !== 'agent_completed' || decision.output?.kind !== 'trade') continue;
    const { at, commandId, agentId, agentType } = decision;
    const trade = decision.output.value;
    const intents = trade.intents
      .filter(({ purpose }) => purpose === 'open')
      .map((intent) => asOrdered(intent, events));
    const symbol = tape.find((candidate) => candidate.symbol === trade.symbol);
    if (intents.length === 0 || symbol === undefined) continue;
    const ticket = { commandId, executionId: 'compare', nodeId: agentId, agentType, symbol: trade.symbol };
    desk.submit({ ...trade, intents } as TradePlan, ticket, at, symbol.calendar.isOpen(at));
    play(desk, symbol, at, until);
  }
  return fills;
}

/** Sized as the entry really was: what is compared is the fill, not the size. */
function asOrdered(intent: OrderIntent, events: readonly ExecutionEvent[]): OrderIntent {
  const ordered = events.findLast(
    (event) =>
      event.event === 'order_updated' && event.order.purpose === 'entry' && event.order.symbol === intent.symbol,
  );
  const quantity = ordered?.event === 'order_updated' ? ordered.order.quantity : intent.quantity;
  return { ...intent, quantity, sizeAtFill: null };
}

function play(desk: OrderDesk, { symbol, bars }: TapeSymbol, from: EpochMs, until: EpochMs): void {
  for (let row = rowFrom({ bars }, from); row < bars.length && (bars.start[row] as number) <= until; row++) {
    const open = bars.open[row] as number;
    desk.onOpen(symbol, bars.start[row] as number, open, { get: () => priceFromNumber(open) }, bars.volume[row]);
    if ((bars.end[row] as number) > until) return;
    desk.onBar(symbol, barAt(bars, row));
  }
}
