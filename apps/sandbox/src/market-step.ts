import { type Bar, type EpochMs, isBellwetherError } from '@bellwether/domain';
import { badMarket, type Fields, fieldsOf } from './sandbox-failure.ts';

/** RFC 3339, or milliseconds of the epoch. */
export type WireInstant = string | number;
export type WireDecimal = string | number;

/** One thing that happens in the market, as it is sent to `POST /sandbox/market`. */
export type WireMarketStep =
  | {
      readonly kind: 'open';
      readonly symbol: string;
      readonly at: WireInstant;
      readonly open: WireDecimal;
      readonly volume?: WireDecimal;
    }
  | {
      readonly kind: 'bar';
      readonly symbol: string;
      readonly start: WireInstant;
      readonly end: WireInstant;
      readonly open: WireDecimal;
      readonly high: WireDecimal;
      readonly low: WireDecimal;
      readonly close: WireDecimal;
      readonly volume: WireDecimal;
    }
  | { readonly kind: 'session_end'; readonly symbol: string; readonly at: WireInstant }
  | {
      readonly kind: 'quote';
      readonly symbol: string;
      readonly at: WireInstant;
      readonly bid: WireDecimal;
      readonly ask: WireDecimal;
    }
  | { readonly kind: 'halt'; readonly symbol: string; readonly at: WireInstant; readonly halted: boolean };

export type MarketStep = { readonly symbol: string; readonly at: EpochMs } & (
  | { readonly kind: 'open'; readonly open: number; readonly volume?: number }
  | { readonly kind: 'bar'; readonly bar: Bar }
  | { readonly kind: 'session_end' }
  | { readonly kind: 'quote'; readonly bid: number; readonly ask: number }
  | { readonly kind: 'halt'; readonly halted: boolean }
);

/** Reads every step before any is played. Throws `sandbox/bad-market` naming the step and the field. */
export function readSteps(value: unknown): readonly MarketStep[] {
  if (!Array.isArray(value)) throw badMarket(`expected steps to be a list, was ${JSON.stringify(value)}`);
  return value.map((step, index) => {
    try {
      return readStep(fieldsOf(step, 'a step'));
    } catch (error) {
      if (!isBellwetherError(error)) throw error;
      throw badMarket(`steps[${index}]: ${error.message}`);
    }
  });
}

function readStep(fields: Fields): MarketStep {
  const { kind } = fields;
  const symbol = fields['symbol'];
  if (typeof symbol !== 'string' || symbol === '') throw badMarket('expected a symbol');
  const at = (name: string) => instantOf(fields[name], name);
  const price = (name: string) => numberOf(fields[name], name, Number.MIN_VALUE);
  switch (kind) {
    case 'open': {
      const volume = fields['volume'] === undefined ? {} : { volume: numberOf(fields['volume'], 'volume', 0) };
      return { kind, symbol, at: at('at'), open: price('open'), ...volume };
    }
    case 'bar': {
      const bar = {
        start: at('start'),
        end: at('end'),
        open: price('open'),
        high: price('high'),
        low: price('low'),
        close: price('close'),
        volume: numberOf(fields['volume'] ?? 0, 'volume', 0),
      };
      const isCoherent =
        bar.low <= Math.min(bar.open, bar.close) && bar.high >= Math.max(bar.open, bar.close) && bar.start < bar.end;
      if (!isCoherent) throw badMarket(`expected a coherent bar, was ${JSON.stringify(bar)}`);
      return { kind, symbol, at: bar.end, bar };
    }
    case 'session_end':
      return { kind, symbol, at: at('at') };
    case 'quote': {
      const [bid, ask] = [price('bid'), price('ask')];
      if (bid > ask) throw badMarket(`expected bid at or below ask, was ${bid} / ${ask}`);
      return { kind, symbol, at: at('at'), bid, ask };
    }
    case 'halt':
      return { kind, symbol, at: at('at'), halted: fields['halted'] === true };
    default:
      throw badMarket(`expected kind to be open, bar, session_end, quote or halt, was ${JSON.stringify(kind)}`);
  }
}

function instantOf(value: unknown, name: string): EpochMs {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value === 'string') {
    try {
      return Temporal.Instant.from(value).epochMilliseconds;
    } catch {
      // Told below, with the text.
    }
  }
  throw badMarket(`expected ${name} as an instant such as 2026-03-02T14:30:00Z, was ${JSON.stringify(value)}`);
}

function numberOf(value: unknown, name: string, least: number): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number) && number >= least) return number;
  throw badMarket(`expected ${name} as a number from ${least === 0 ? '0' : 'above 0'}, was ${JSON.stringify(value)}`);
}
