import { SECOND_MS, seededChance } from '@bellwether/domain';
import type { AccountPosition } from '@bellwether/kernel';
import { type PlayOutcome, seededSuite } from '../../soak/soak-suite.ts';
import { AccountPlay, START } from '../account-play.ts';
import { entryProposal } from '../proposals.ts';

const END_MS = 240 * SECOND_MS;
const SETTLES_MS = 40 * SECOND_MS;
const TELLS_OF_ORDERS: ReadonlySet<string> = new Set(['order_seen', 'found', 'orders_read']);

/** P6: however an order fills in parts, its position is the sum of them, and what rests is exactly what is held. */
export const partialFills = seededSuite({
  promise: 'P6',
  title: 'partial fills: stops equal the position, parts add up, averages are exact',
  fast: 2_000,
  full: 100_000,
  controlSeeds: 100,
  play: playFills,
  judge: (counts, ran) => {
    const parts = counts.get('prefixes') ?? 0;
    return parts >= 2 * ran ? null : `expected at least two fill prefixes a run, were ${parts} in ${ran}`;
  },
});

function playFills(seed: number, { trace, control }: { trace: boolean; control: boolean }): PlayOutcome {
  const chance = seededChance(seed, 'p6');
  const play = new AccountPlay({
    seed,
    trace,
    market: { volatility: 0.0015, tickMs: 1_000 },
    // Every order breaks; the rest of an entry comes within its patience, or too late.
    habits: { partialRate: 0.9, restDelayMs: [50, chance() < 0.5 ? 2_000 : 12_000] },
    wire: { duplicateEvents: 0.2, reorderEvents: 0.2 },
  });
  // The control is deaf to what comes after the first fill: its books no longer are the broker's.
  let booked = 0;
  if (control) play.hears = (fact) => booked === 0 || !TELLS_OF_ORDERS.has(fact.fact);
  const failures: string[] = [];
  let prefixes = 0;
  play.onCommit = (effects) => {
    prefixes += effects.fills.length;
    booked += effects.fills.length;
    for (const position of effects.positions) {
      const broken = brokenSum(position);
      if (broken !== null) failures.push(`${play.now - START} ms: ${broken}`);
    }
  };
  play.at(START + 1_000, () =>
    play.propose(
      entryProposal({
        key: 'entry',
        pipelineId: 'one',
        symbol: 'AAPL',
        side: chance() < 0.5 ? 'buy' : 'sell',
        shares: 1 + Math.floor(chance() * 60),
        price: play.market.walk('AAPL').price,
        exits: { firstTargetPercent: 10 + Math.floor(chance() * 80) },
        at: play.now,
      }),
    ),
  );
  play.run(
    START + END_MS,
    () => play.now > START + 20_000 && play.positions().every(({ status }) => status === 'closed'),
  );
  // Nothing trades any more, and what was under way is heard.
  play.market.halt('AAPL', true);
  play.run(play.now + SETTLES_MS);
  for (const position of play.positions()) failures.push(...wrongAgainstBroker(play, position));
  return { failures: [...failures, ...play.violations], trace: play.trace, counts: { prefixes } };
}

/** What must hold after every prefix of the fills. */
function brokenSum(position: AccountPosition): string | null {
  const { quantity, enteredQuantity, exitedQuantity, orders, positionId, firstQuantity, secondQuantity } = position;
  if (quantity !== enteredQuantity - exitedQuantity)
    return `${positionId} holds ${quantity}, entered ${enteredQuantity} and exited ${exitedQuantity}`;
  const entered = sum(orders.filter(({ leg }) => leg === 'entry').map(({ filledQuantity }) => filledQuantity));
  if (entered !== enteredQuantity) return `${positionId} entered ${enteredQuantity}, its entry filled ${entered}`;
  if (position.entryComplete && enteredQuantity > 0n && firstQuantity + secondQuantity !== enteredQuantity)
    return `${positionId}: ${firstQuantity} for target 1 and ${secondQuantity} for target 2 are not ${enteredQuantity}`;
  if (position.status !== 'open') return null;
  // While a stop is replaced, the old one and its successor stand for the same shares.
  const resting = new Map(
    orders.filter(isRestingStop).map((order) => [order.groupId, order.quantity - order.filledQuantity]),
  );
  const stops = sum([...resting.values()]);
  const isSelling = orders.some(
    ({ leg, filledQuantity, quantity: size }) => leg !== 'entry' && filledQuantity > 0n && filledQuantity < size,
  );
  // While a group is selling, its stop shrinks a moment after its target's fill.
  if (stops === quantity || isSelling || awaitsStopsEnd(position)) return null;
  return `${positionId} is open with stops for ${stops} of ${quantity}`;
}

function isRestingStop({ leg, status }: AccountPosition['orders'][number]): boolean {
  return leg === 'stop' && (status === 'working' || status === 'partially_filled' || status === 'pending_replace');
}

/** Whether a target has filled whose stop's end has not been told. */
function awaitsStopsEnd({ orders }: AccountPosition): boolean {
  return orders.some(
    (stop) =>
      isRestingStop(stop) &&
      orders.some((target) => target.groupId === stop.groupId && target.status === 'filled' && target.leg !== 'entry'),
  );
}

/** Quantities, amounts and averages are what the broker's own fills come to. */
function wrongAgainstBroker(play: AccountPlay, position: AccountPosition): string[] {
  const wrong: string[] = [];
  const byOrder = new Map(play.brokerage.orders.map((order) => [order.id as string, order]));
  let amount = 0n;
  for (const row of position.orders) {
    const order = row.brokerOrderId === null ? undefined : byOrder.get(row.brokerOrderId);
    if (order === undefined) continue;
    if (order.filled !== row.filledQuantity)
      wrong.push(`${row.purpose}/${row.leg}/${row.seq} filled ${order.filled} there, ${row.filledQuantity} here`);
    if (row.leg === 'entry') amount = order.amount;
  }
  const { enteredQuantity, entryAmount } = position;
  if (enteredQuantity === 0n) return wrong;
  const exact = amount / enteredQuantity;
  const ours = (entryAmount * 1_000_000_000_000n) / enteredQuantity;
  const apart = exact > ours ? exact - ours : ours - exact;
  // Both are rounded down to 10⁻⁹.
  if (apart > 1n) wrong.push(`average entry is ${ours}, the broker's fills come to ${exact}`);
  return wrong;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
