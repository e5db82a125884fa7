import { DEMO_TAPES, demoTape, type SourcedBars } from '@bellwether/adapters';
import type { TapeLibrary } from '@bellwether/api';
import { aggregateBars, BellwetherError, NYSE_CALENDAR } from '@bellwether/domain';
import type { TapeSymbol } from '@bellwether/durable';

/** The demo tapes, each loaded once and shared by everybody who plays or shows it. */
export class TapeShelf implements TapeLibrary {
  readonly tapes = DEMO_TAPES.map((tape) => ({
    tape_id: tape.id,
    title: tape.title,
    label: tape.label,
    synthetic: tape.isSynthetic,
    symbols: [...tape.symbols],
    timeframe: tape.timeframe,
    from: tape.from,
    to: tape.to,
  }));
  readonly #loaded = new Map<string, Promise<readonly SourcedBars[]>>();

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
      loading = Promise.resolve().then(() => demoTape(tapeId).load());
      this.#loaded.set(tapeId, loading);
      loading.catch(() => this.#loaded.delete(tapeId));
    }
    return loading;
  }
}
