import type { EpochMs } from '@bellwether/domain';
import type { DeskEvent, PositionRecord } from '@bellwether/kernel';
import type { DeskRows, EventRow, Row } from '../engine/write.ts';
import { type NewsSettings, newsRow, positionNews } from './desk-news.ts';
import { fillRow, orderRows, positionRow, type RowOwner, tradeRow } from './desk-rows.ts';

export interface BatchSettings extends RowOwner, NewsSettings {
  /** When the newest price of a symbol was made, by the market's clock; null before the first. */
  readonly lastPriceAt: (symbol: string) => EpochMs | null;
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
    this.#events.push(newsRow(name, executionId, at, body, this.#settings));
  }

  desk(event: DeskEvent): void {
    if (event.kind === 'order_updated' || event.kind === 'settled') return;
    const { position } = event;
    this.#touched.add(position);
    if (event.kind === 'filled') this.#fills.push(fillRow(event.fill, this.#settings));
    if (event.kind === 'position_closed') this.#closed.add(position);
    const news = positionNews(event, this.#settings);
    if (news !== null) this.#events.push(news);
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
      positions: shown.map((position) =>
        positionRow(
          position,
          { price: owner.lastPrice(position.symbol), at: owner.lastPriceAt(position.symbol) },
          owner,
        ),
      ),
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
