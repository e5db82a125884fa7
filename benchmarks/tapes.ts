/** The bars that benchmarks run on: recorded ones where the folder of market data is there, seeded ones anywhere. */
import { readBarsFile } from '@bellwether/adapters';
import { allocateBars, type BarSeries, type IsoDate, NYSE_CALENDAR, type TradingSession } from '@bellwether/domain';
import { sharedData } from '@bellwether/testing';

const MINUTE_MS = 60_000;
const SEED = 20_130_517;
/** Prices stay between these, so that a long walk neither dies out nor grows out of all bounds. */
const LEAST_PRICE = 50;
const GREATEST_PRICE = 800;

export interface NamedBars {
  readonly bars: BarSeries;
  /** Where they come from, for the printed line. */
  readonly origin: string;
}

/** Daily bars of SPY, 1998 to 2021; a seeded walk over the same sessions where the recorded ones are not there. */
export async function dailyBars(): Promise<NamedBars> {
  const path = sharedData('data/SPY_1d_lean_raw.csv');
  if (path !== undefined) {
    return {
      bars: await readBarsFile(path, 'SPY', { calendar: NYSE_CALENDAR }),
      origin: 'SPY daily, recorded 1998–2021',
    };
  }
  const sessions = NYSE_CALENDAR.sessionsBetween('1998-01-02' as IsoDate, '2021-03-31' as IsoDate);
  const bars = allocateBars('SPY', '1d', sessions.length);
  sessions.forEach(({ opensAt, closesAt }, row) => {
    bars.start[row] = opensAt;
    bars.end[row] = closesAt;
  });
  return { bars: walk(bars, seededShapes(0.012)), origin: 'seeded daily walk on NYSE sessions, 1998–2021' };
}

/** At least `atLeast` minute bars on NYSE sessions from 2000 on, each shaped like a recorded SPY minute drawn by a seeded generator. */
export async function minuteBars(atLeast: number): Promise<NamedBars> {
  const sessions = sessionsOf(atLeast);
  const minutes = sessions.reduce((sum, session) => sum + minutesOf(session), 0);
  const bars = allocateBars('SPY', '1m', minutes);
  let row = 0;
  for (const session of sessions) {
    for (let at = session.opensAt; at < session.closesAt; at += MINUTE_MS) {
      bars.start[row] = at;
      bars.end[row] = at + MINUTE_MS;
      row += 1;
    }
  }
  const path = sharedData('data/SPY_1m_2013-10-04_2013-10-11.csv');
  if (path === undefined)
    return { bars: walk(bars, seededShapes(0.0004)), origin: 'seeded minute walk on NYSE sessions' };
  const recorded = await readBarsFile(path, 'SPY', { calendar: NYSE_CALENDAR });
  return {
    bars: walk(bars, recordedShapes(recorded)),
    origin: 'synthetic minutes on NYSE sessions, drawn from recorded SPY minutes',
  };
}

function minutesOf({ opensAt, closesAt }: TradingSession): number {
  return (closesAt - opensAt) / MINUTE_MS;
}

function sessionsOf(minutes: number): TradingSession[] {
  const sessions: TradingSession[] = [];
  let counted = 0;
  for (const session of NYSE_CALENDAR.sessionsBetween('2000-01-03' as IsoDate, '2040-12-31' as IsoDate)) {
    if (counted >= minutes) break;
    sessions.push(session);
    counted += minutesOf(session);
  }
  return sessions;
}

/** A bar as factors of the close before. */
interface Shape {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

type DrawShape = (random: () => number) => Shape;

/** Draws recorded bars of one session, each against the close before it; half of them upside down, so that there is no drift. */
function recordedShapes(recorded: BarSeries): DrawShape {
  const shapes: Shape[] = [];
  for (let row = 1; row < recorded.length; row++) {
    if (recorded.start[row] !== recorded.end[row - 1]) continue;
    const before = recorded.close[row - 1] as number;
    const factor = (column: Float64Array) => (column[row] as number) / before;
    const [open, high, low, close] = [recorded.open, recorded.high, recorded.low, recorded.close].map(factor) as [
      number,
      number,
      number,
      number,
    ];
    const volume = recorded.volume[row] as number;
    shapes.push({ open, high, low, close, volume });
    shapes.push({ open: 1 / open, high: 1 / low, low: 1 / high, close: 1 / close, volume });
  }
  return (random) => shapes[Math.floor(random() * shapes.length)] as Shape;
}

function seededShapes(size: number): DrawShape {
  return (random) => {
    const open = 1 + (random() - 0.5) * size * 0.2;
    const close = open * (1 + (random() + random() + random() - 1.5) * size);
    return {
      open,
      close,
      high: Math.max(open, close) * (1 + random() * size * 0.3),
      low: Math.min(open, close) * (1 - random() * size * 0.3),
      volume: 1_000 + Math.floor(random() * 100_000),
    };
  };
}

/** Fills in prices. A walk that leaves its corridor is turned back by its next bars. */
function walk(bars: BarSeries, draw: DrawShape): BarSeries {
  let state = SEED;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  let price = 150;
  for (let row = 0; row < bars.length; row++) {
    let shape = draw(random);
    for (let tries = 0; tries < 20; tries++) {
      const next = price * shape.close;
      if ((next >= LEAST_PRICE || shape.close >= 1) && (next <= GREATEST_PRICE || shape.close <= 1)) break;
      shape = draw(random);
    }
    const open = rounded(price * shape.open);
    const close = rounded(price * shape.close);
    bars.open[row] = open;
    bars.close[row] = close;
    bars.high[row] = Math.max(open, close, rounded(price * shape.high));
    bars.low[row] = Math.min(open, close, rounded(price * shape.low));
    bars.volume[row] = shape.volume;
    price = close;
  }
  return bars;
}

/** Ten thousandths of a dollar: in whole cents two averages are equal now and then, and engines that sum in another order differ there. */
function rounded(price: number): number {
  return Math.round(price * 10_000) / 10_000;
}
