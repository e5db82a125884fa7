import { formatQuantity, type Quantity } from '@bellwether/domain';
import { absolute, firstBroken, type GateCase, type GateRule, refuse } from './gate-case.ts';

/** Law 2: whose symbol it is (trading-rules §5 "Ownership"). Opposite sides come first: sharing never allows them. */
export const ownershipRules: GateRule = firstBroken([oppositeHolding, symbolOwned, heldOutside, drifting]);

function oppositeHolding({ snapshot, symbol, side, others }: GateCase) {
  const own = others.find((holding) => holding.symbol === symbol && holding.side !== side);
  if (own !== undefined)
    return refuse(
      'opposite_holding',
      `another position of this account is ${own.side} ${symbol}, or about to be; a ${side} entry would trade against it`,
    );
  const held = snapshot.external.get(symbol) ?? 0n;
  if (side === 'long' ? held < 0n : held > 0n)
    return refuse(
      'opposite_holding',
      `${symbol} is held outside of our pipelines (${heldText(held)}); a ${side} entry would trade against it`,
    );
  const orders = snapshot.externalOrders.get(symbol);
  if (orders === 'both' || orders === (side === 'long' ? 'sell' : 'buy'))
    return refuse(
      'opposite_holding',
      `an order that is not ours is working on the other side of ${symbol}; the broker would call it a wash trade`,
    );
  return null;
}

function symbolOwned({ request, limits, snapshot, symbol, others }: GateCase) {
  const holders = others.filter((holding) => holding.symbol === symbol);
  if (holders.length === 0) return null;
  const { bracketOnHeldSymbol, entryBesideRestingExit } = snapshot.capabilities;
  const isStranger = holders.some(({ pipelineId }) => pipelineId !== request.pipelineId);
  const isOwn = holders.some(({ pipelineId }) => pipelineId === request.pipelineId);
  if (isStranger && limits.symbolSharing !== 'shared')
    return refuse('symbol_owned', `another pipeline holds ${symbol} on this account, or is about to`);
  if (isOwn && !request.allowPyramiding)
    return refuse('symbol_owned', `this pipeline already holds ${symbol}, or is about to, and may not add to it`);
  if (bracketOnHeldSymbol && entryBesideRestingExit) return null;
  return refuse(
    'symbol_owned',
    `${symbol} is already held, and this broker is not proven to take a second protected entry beside it`,
  );
}

function heldOutside({ snapshot, symbol }: GateCase) {
  if (snapshot.capabilities.bracketOnHeldSymbol) return null;
  const held = snapshot.external.get(symbol) ?? 0n;
  if (held !== 0n)
    return refuse(
      'symbol_held_outside',
      `${symbol} is held outside of our pipelines (${heldText(held)}), and this broker takes no protected entry beside it`,
    );
  if (snapshot.externalOrders.has(symbol))
    return refuse(
      'symbol_held_outside',
      `an order that is not ours is working in ${symbol}, and this broker takes no protected entry beside it`,
    );
  return null;
}

function drifting({ snapshot, symbol }: GateCase) {
  if (!snapshot.drifting.has(symbol)) return null;
  return refuse('drift', `ledger and broker differ in ${symbol}, and it is not explained yet`);
}

/** "5 shares, short". */
function heldText(signed: bigint): string {
  const quantity = formatQuantity(absolute(signed) as Quantity);
  return `${quantity} ${quantity === '1' ? 'share' : 'shares'}, ${signed > 0n ? 'long' : 'short'}`;
}
