import { basename } from 'node:path';
import { readBarsFile, readFactorsFile } from '@bellwether/adapters';
import { adjustBars, calendarOf, marketOf, regularSessionOnly } from '@bellwether/domain';
import type { TapeSymbol } from '@bellwether/virtual';
import { usage } from './command.ts';

/** Reads bars and factors of each symbol into a tape; agents see the regular session only, unless the plan asks for more. */
export async function readTape(
  bars: ReadonlyMap<string, string>,
  factors: ReadonlyMap<string, string>,
  extendedHours: boolean,
): Promise<TapeSymbol[]> {
  for (const symbol of factors.keys()) {
    if (!bars.has(symbol))
      throw usage(
        `expected --bars for ${symbol}, which --factors names; known are ${[...bars.keys()].join(', ') || 'none'}`,
      );
  }
  const tape: TapeSymbol[] = [];
  for (const [symbol, path] of bars) {
    const calendar = calendarOf(marketOf(symbol));
    const raw = await readBarsFile(path, symbol, { calendar });
    const factorsPath = factors.get(symbol);
    const adjusted = factorsPath === undefined ? raw : adjustBars(raw, await readFactorsFile(factorsPath), calendar);
    const seen = extendedHours ? adjusted : regularSessionOnly(adjusted, calendar);
    tape.push({ symbol, bars: seen, calendar, label: { source: basename(path), synthetic: false } });
  }
  return tape;
}
