import { demoTape } from '@bellwether/adapters';
import { NYSE_CALENDAR, sliceBars } from '@bellwether/domain';
import type { TapeSymbol } from '@bellwether/durable';

const MINUTES_OF_A_DAY = 390;

/** One day of a demo tape: long enough to enter and leave a position, short enough to die in at every write. */
export async function crashTape(): Promise<readonly TapeSymbol[]> {
  const [bars] = await demoTape('opening-range-breakout').load();
  if (bars === undefined) throw new Error('expected the tape to have a symbol');
  return [
    {
      symbol: bars.symbol,
      bars: sliceBars(bars, 0, MINUTES_OF_A_DAY),
      calendar: NYSE_CALENDAR,
      label: { source: bars.source.label, synthetic: true },
    },
  ];
}
