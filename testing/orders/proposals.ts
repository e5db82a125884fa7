import type { EpochMs } from '@bellwether/domain';
import type { ExitSettings, OrderIntent, Proposal } from '@bellwether/kernel';

export const SPLIT_EXITS: ExitSettings = {
  plan: 'split_exits',
  splitAt: 0.5,
  firstTargetPercent: 50,
  moveStopToBreakeven: true,
  breakevenFees: false,
  singleShareTarget: 'target_2',
  partialPatienceMs: 3_000,
  monitoring: true,
};

export interface EntryWish {
  readonly key: string;
  readonly pipelineId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly shares: number;
  readonly price: number;
  readonly type?: 'market' | 'limit';
  /** Distances from the price, as fractions. */
  readonly stop?: number;
  readonly target1?: number | null;
  readonly target2?: number | null;
  readonly exits?: Partial<ExitSettings>;
  readonly entryValidMs?: number;
  readonly at: EpochMs;
}

/** Returns what a session would hand in to open a position: by default 1 % to the stop, 1.5 % and 2.5 % to the targets. */
export function entryProposal(wish: EntryWish): Proposal {
  const { side, price, symbol } = wish;
  const sign = side === 'buy' ? 1 : -1;
  const away = (fraction: number) => Math.round(price * (1 + sign * fraction) * 100) / 100;
  const target = (fraction: number | null | undefined, usual: number) =>
    fraction === null ? null : away(fraction ?? usual);
  const intent: OrderIntent = {
    symbol,
    purpose: 'open',
    side,
    type: wish.type ?? 'market',
    quantity: String(wish.shares),
    limitPrice: wish.type === 'limit' ? Math.round(price * 100) / 100 : null,
    stopLoss: away(-(wish.stop ?? 0.01)),
    target1: target(wish.target1, 0.015),
    target2: target(wish.target2, 0.025),
    sizingPrice: price,
    sizeAtFill: null,
  };
  return proposalOf(wish, [intent]);
}

/** Returns what a session would hand in to leave: a close of its own shares. */
export function closeProposal(wish: Pick<EntryWish, 'key' | 'pipelineId' | 'symbol' | 'side' | 'at'>): Proposal {
  const intent: OrderIntent = {
    symbol: wish.symbol,
    purpose: 'close',
    side: wish.side,
    type: 'market',
    quantity: '0',
    limitPrice: null,
    stopLoss: null,
    target1: null,
    target2: null,
    sizingPrice: 0,
    sizeAtFill: null,
  };
  return proposalOf({ ...wish, shares: 0, price: 0 }, [intent]);
}

function proposalOf(wish: EntryWish, intents: readonly OrderIntent[]): Proposal {
  const { key, pipelineId, symbol, at } = wish;
  return {
    key,
    pipelineId,
    ticket: { commandId: `${key}-c`, executionId: `${key}-x`, nodeId: 'trade', agentType: 'trade_manager', symbol },
    intents,
    exits: { ...SPLIT_EXITS, ...wish.exits },
    entryValidMs: wish.entryValidMs ?? 60_000,
    entryWhenClosed: 'next_open',
    partialPatienceMs: 3_000,
    decidedAt: at,
    entryRefusal: null,
    sessionOpen: true,
  };
}
