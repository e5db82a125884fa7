import type { EpochMs } from '@bellwether/domain';
import type { DeskEvent } from '@bellwether/kernel';
import type { EventCodec } from '../engine/event-codec.ts';
import type { EventRow } from '../engine/write.ts';

export interface NewsSettings {
  readonly codec: EventCodec;
  readonly pipelineId: string;
  readonly tradingMode: string;
  readonly recordedAt: () => EpochMs;
  /** Newest price of a symbol; NaN before the first. */
  readonly lastPrice: (symbol: string) => number;
}

/** Returns a row of the user's stream for something that belongs to no journal. */
export function newsRow(
  name: string,
  executionId: string | null,
  at: EpochMs,
  body: Readonly<Record<string, unknown>>,
  { pipelineId, recordedAt }: Pick<NewsSettings, 'recordedAt'> & { readonly pipelineId: string | null },
): EventRow {
  const document = {
    event: name,
    seq: null,
    journal_seq: null,
    execution_id: executionId,
    pipeline_id: pipelineId,
    timestamp: new Date(at).toISOString(),
    recorded_at: new Date(recordedAt()).toISOString(),
    ...body,
  };
  return { pipelineId, executionId, journalSeq: null, body: JSON.stringify(document) };
}

/** Returns what the user's screens are told of a position; null for events that its journal tells. */
export function positionNews(event: DeskEvent, settings: NewsSettings): EventRow | null {
  if (event.kind === 'order_updated' || event.kind === 'settled') return null;
  const { position, at } = event;
  const { symbol, executionId } = position;
  const facts = { ...settings, lastPrice: settings.lastPrice(symbol) };
  if (event.kind === 'position_closed' && position.exitedQuantity > 0n)
    return newsRow(
      'position_closed',
      executionId,
      at,
      { symbol, trade: settings.codec.trade(position, facts) },
      settings,
    );
  const wire = settings.codec.position(position, facts);
  return newsRow('position_updated', executionId, at, { symbol, position: wire }, settings);
}
