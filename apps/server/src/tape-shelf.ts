import type { TapeLibrary } from '@bellwether/api';
import { aggregateBars, type BarSeries, BellwetherError, NYSE_CALENDAR, type Timeframe } from '@bellwether/domain';
import type { TapeSymbol } from '@bellwether/durable';

export type SourcedBars = BarSeries & {
  readonly source: { readonly kind: 'synthetic' | 'recorded'; readonly label: string };
};

/** A named piece of recorded or made-up market. */
export interface ShelvedTape {
  readonly id: string;
  readonly title: string;
  readonly label: string;
  readonly isSynthetic: boolean;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly from: string;
  readonly to: string;
  load(): Promise<readonly SourcedBars[]>;
}

/** The tapes there are, each loaded once and shared by everybody who plays or shows it. */
export class TapeShelf implements TapeLibrary {
  readonly tapes: TapeLibrary['tapes'];
  readonly #find: (id: string) => ShelvedTape;
  readonly #loaded = new Map<string, Promise<readonly SourcedBars[]>>();

  /** `find` throws `tape/unknown`. */
  constructor(tapes: readonly ShelvedTape[], find: (id: string) => ShelvedTape) {
    this.#find = find;
    this.tapes = tapes.map((tape) => ({
      tape_id: tape.id,
      title: tape.title,
      label: tape.label,
      synthetic: tape.isSynthetic,
      symbols: [...tape.symbols],
      timeframe: tape.timeframe,
      from: tape.from,
      to: tape.to,
    }));
  }

  /** Returns the tape as sessions play it. Throws `tape/unknown`. */
  async load(tapeId: string): Promise<readonly TapeSymbol[]> {
    const series = await this.#series(tapeId);
    return series.map((bars) => ({
      symbol: bars.symbol,
      bars,
      calendar: NYSE_CALENDAR,
      label: { source: bars.source.label, synthetic: bars.source.kind === 'synthetic' },
    }));
  }

  async bars(
    tapeId: string,
    symbol: string,
    timeframe: Parameters<TapeLibrary['bars']>[2],
  ): ReturnType<TapeLibrary['bars']> {
    const all = await this.#series(tapeId);
    const series = all.find((bars) => bars.symbol === symbol);
    if (series === undefined) {
      throw new BellwetherError(
        'invalid',
        'bars/unknown-symbol',
        `expected a symbol of tape ${tapeId} (${all.map((bars) => bars.symbol).join(', ')}), was "${symbol}"`,
      );
    }
    return aggregateBars(series, timeframe, NYSE_CALENDAR);
  }

  #series(tapeId: string): Promise<readonly SourcedBars[]> {
    let loading = this.#loaded.get(tapeId);
    if (loading === undefined) {
      loading = Promise.resolve().then(() => this.#find(tapeId).load());
      this.#loaded.set(tapeId, loading);
      loading.catch(() => this.#loaded.delete(tapeId));
    }
    return loading;
  }
}
