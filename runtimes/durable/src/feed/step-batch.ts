import type { EpochMs } from '@bellwether/domain';
import type { DeskEvent, PositionRecord } from '@bellwether/kernel';
import type { EventCodec } from '../engine/event-codec.ts';
import type { DeskRows, EventRow, Row } from '../engine/write.ts';
import { fillRow, orderRows, positionRow, type RowOwner, tradeRow } from './desk-rows.ts';

export interface BatchSettings extends RowOwner {
  readonly codec: EventCodec;
  readonly recordedAt: () => EpochMs;
  /** Newest visible close of a symbol; NaN before the first. */
  readonly lastPrice: (symbol: string) => number;
}

/** Gathers what the desk did since the last write: rows of orders, fills, positions and trades, and the user's stream in order. */
export class StepBatch {
  readonly #settings: BatchSettings;
  #events: EventRow[] = [];
  #fills: Row[] = [];
  readonly #touched = new Set<PositionRecord>();
  readonly #closed = new Set<PositionRecord>();

  constructor(settings: BatchSettings) {
    this.#settings = settings;
  }

  get isEmpty(): boolean {
    return this.#events.length === 0 && this.#touched.size === 0;
  }

  /** Puts a row of the stream in its place among the others. */
  event(row: EventRow): void {
    this.#events.push(row);
  }

  /** Something happened that belongs to no journal. */
  tell(name: string, executionId: string | null, at: EpochMs, body: Readonly<Record<string, unknown>>): void {
    const { pipelineId, recordedAt } = this.#settings;
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
    this.#events.push({ pipelineId, executionId, journalSeq: null, body: JSON.stringify(document) });
  }

  desk(event: DeskEvent): void {
    if (event.kind === 'order_updated' || event.kind === 'settled') return;
    const { position } = event;
    this.#touched.add(position);
    if (event.kind === 'filled') this.#fills.push(fillRow(event.fill, this.#settings));
    if (event.kind === 'position_closed') this.#closed.add(position);
    if (event.kind === 'filled' || event.kind === 'position_updated' || event.kind === 'position_closed') {
      const facts = { ...this.#settings, lastPrice: this.#settings.lastPrice(position.symbol) };
      if (event.kind === 'position_closed' && position.exitedQuantity > 0n) {
        const trade = this.#settings.codec.trade(position, facts);
        this.tell('position_closed', position.executionId, event.at, { symbol: position.symbol, trade });
      } else {
        const wire = this.#settings.codec.position(position, facts);
        this.tell('position_updated', position.executionId, event.at, { symbol: position.symbol, position: wire });
      }
    }
  }

  takeEvents(): readonly EventRow[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Hands over the desk's rows; undefined when nothing moved. `live` are the positions that rule their symbol now. */
  takeDesk(live: Iterable<PositionRecord>, at: EpochMs, account: Row): DeskRows | undefined {
    const positions = [...new Set([...this.#touched, ...live])];
    if (positions.length === 0) return undefined;
    // A position that waits for its predecessor to close is not on record yet. Closed ones first: one open position per symbol.
    const rules = new Set(live);
    const shown = positions
      .filter((position) => position.status === 'closed' || rules.has(position))
      .sort((a, b) => Number(b.status === 'closed') - Number(a.status === 'closed'));
    const owner = this.#settings;
    const rows: DeskRows = {
      account,
      positions: shown.map((position) => positionRow(position, owner.lastPrice(position.symbol), owner)),
      orders: shown.flatMap((position) => orderRows(position, at, owner)),
      fills: this.#fills,
      trades: [...this.#closed].flatMap((position) => {
        const row = tradeRow(position, owner);
        return row === null ? [] : [row];
      }),
    };
    this.#fills = [];
    this.#touched.clear();
    this.#closed.clear();
    return rows;
  }
}
