import { type EpochMs, formatMoneyExact, formatPrice, formatQuantity, type Money } from '@bellwether/domain';
import { orderToWire, positionToWire } from './alpaca-words.ts';
import type { Corner } from './sandbox-context.ts';
import { stampText } from './wire-stamp.ts';

/** Everything that really happened to an account, for tests to hold a ledger against. */
export function sandboxTruth({ account, posts }: Corner, wall: EpochMs): unknown {
  return {
    orders: account.registry.all().map((record) => ({
      ...orderToWire(account, record, false),
      is_external: record.isExternal,
      group_id: record.groupId,
      fills: record.fills.map((fill) => ({
        execution_id: fill.executionId,
        qty: formatQuantity(fill.quantity),
        price: formatPrice(fill.price),
        at: stampText(fill.at),
        commission: formatMoneyExact(fill.commission as Money),
      })),
    })),
    positions: account.exchange.positions().map((position) => positionToWire(account, position)),
    posts: posts.lines,
    naked_share_seconds_by_symbol: account.report(wall),
    stream_seq: account.streamSeq,
  };
}
