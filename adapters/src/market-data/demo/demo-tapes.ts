import { BellwetherError, type IsoDate, type Timeframe } from '@bellwether/domain';
import { recordedAaplDays } from './recorded-bars.ts';
import {
  type Script,
  type ScriptPoint,
  type SourcedBars,
  scriptedMinutes,
  syntheticMinutes,
} from './synthetic-bars.ts';

/** A named piece of demo market, with what must be said wherever it appears. */
export interface DemoTape {
  readonly id: string;
  readonly title: string;
  /** Says whether the prices are real, and how they were made. */
  readonly label: string;
  readonly isSynthetic: boolean;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** Session dates, both included. */
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** Returns the bars of each symbol, in the order of `symbols`. */
  load(): Promise<readonly SourcedBars[]>;
}

const SEED = 7;
const FROM = '2026-03-02';
const TO = '2026-03-13';

/** Breathes around a level all day: history on which indicators warm up and no breakout happens. */
function calmDay(level: number): ScriptPoint[] {
  return [
    [0, level],
    [60, level + 0.004],
    [130, level - 0.003],
    [200, level + 0.003],
    [270, level - 0.004],
    [340, level + 0.002],
    [390, level],
  ];
}

const CALM_DAYS: Script = Array.from({ length: 9 }, (_, i) => calmDay(1 + (i % 3) * 0.001));

/** Its first half hour is its widest, so that nothing breaks out of it. */
const RANGE_BOUND_DAY: readonly ScriptPoint[] = [
  [0, 1],
  [10, 1.006],
  [22, 0.994],
  [30, 1],
  [90, 1.003],
  [200, 0.997],
  [300, 1.002],
  [390, 1],
];

/** Half an hour between 0.996 and 1.004, then through its top, back to it, and away. */
const BREAKOUT_DAY: readonly ScriptPoint[] = [
  [0, 1],
  [8, 1.004],
  [18, 0.996],
  [28, 1.002],
  [34, 1.003],
  [42, 1.011],
  [55, 1.008],
  [120, 1.022],
  [150, 1.018],
  [240, 1.036],
  [330, 1.042],
  [390, 1.041],
];

/** The same half hour; the break does not hold. */
const FALSE_BREAK_DAY: readonly ScriptPoint[] = [
  [0, 1],
  [8, 1.004],
  [18, 0.996],
  [28, 1.002],
  [36, 1.007],
  [52, 0.998],
  [120, 0.99],
  [250, 0.994],
  [390, 0.992],
];

/** Sells off for two hours, turns, and takes back three quarters. */
const REVERSAL_DAY: readonly ScriptPoint[] = [
  [0, 1],
  [30, 0.998],
  [150, 0.962],
  [160, 0.961],
  [185, 0.967],
  [260, 0.981],
  [340, 0.989],
  [390, 0.99],
];

/** Slides all day without a turn. */
const SLIDE_DAY: readonly ScriptPoint[] = [
  [0, 1],
  [390, 0.955],
];

/** Three sessions down, seven up, each with a pause: the averages cross once. */
const TREND_DAYS: Script = [0, -0.014, -0.028, -0.04, -0.028, -0.012, 0.006, 0.022, 0.04, 0.056].map((from, i, all) => {
  const to = all[i + 1] ?? 0.072;
  const step = to - from;
  return [
    [0, 1 + from],
    [120, 1 + from + step * 0.7],
    [200, 1 + from + step * 0.45],
    [320, 1 + from + step * 1.1],
    [390, 1 + to],
  ];
});

const SCRIPTED = 'Synthetic demo data, scripted so that the rule meets its case: no real prices, no evidence of profit';

interface ScriptedPart {
  readonly symbol: string;
  readonly firstPrice: number;
  readonly script: Script;
}

function scripted(id: string, title: string, parts: readonly ScriptedPart[]): DemoTape {
  return {
    id,
    title,
    label: `${SCRIPTED} (seed ${SEED})`,
    isSynthetic: true,
    symbols: parts.map((part) => part.symbol),
    timeframe: '1m',
    from: FROM,
    to: TO,
    load: async () =>
      parts.map(({ symbol, firstPrice, script }) =>
        scriptedMinutes({ symbol, seed: SEED, from: FROM, to: TO, firstPrice }, script),
      ),
  };
}

const WALKERS = [
  { symbol: 'ALFA', firstPrice: 48 },
  { symbol: 'BRVO', firstPrice: 127.5 },
  { symbol: 'CHAR', firstPrice: 310 },
];

/** All demo tapes. Invented symbols are synthetic; only AAPL is real. */
export const DEMO_TAPES: readonly DemoTape[] = [
  scripted('opening-range-breakout', 'A breakout from the opening range', [
    { symbol: 'ORBX', firstPrice: 100, script: [...CALM_DAYS, BREAKOUT_DAY] },
    { symbol: 'FADE', firstPrice: 64, script: [...CALM_DAYS, FALSE_BREAK_DAY] },
    { symbol: 'CALM', firstPrice: 82, script: [...CALM_DAYS, RANGE_BOUND_DAY] },
  ]),
  scripted('rsi-reversal', 'A sell-off that turns', [
    { symbol: 'RVSL', firstPrice: 150, script: [...CALM_DAYS, REVERSAL_DAY] },
    { symbol: 'SLDE', firstPrice: 90, script: [...CALM_DAYS, SLIDE_DAY] },
    { symbol: 'CALM', firstPrice: 82, script: [...CALM_DAYS, RANGE_BOUND_DAY] },
  ]),
  scripted('trend', 'A fall that becomes a rising trend', [
    { symbol: 'TRND', firstPrice: 200, script: TREND_DAYS },
    { symbol: 'CALM', firstPrice: 82, script: [...CALM_DAYS, RANGE_BOUND_DAY] },
  ]),
  {
    id: 'random-walk',
    title: 'Three random walks',
    label: `Synthetic demo data (seed ${SEED}): random walks without any pattern`,
    isSynthetic: true,
    symbols: WALKERS.map((walker) => walker.symbol),
    timeframe: '1m',
    from: FROM,
    to: TO,
    load: async () => WALKERS.map((walker) => syntheticMinutes({ ...walker, seed: SEED, from: FROM, to: TO })),
  },
  {
    id: 'aapl-daily',
    title: 'Apple, five real years',
    label: 'Recorded daily bars of AAPL (Observable sample datasets, from Yahoo Finance), split-adjusted',
    isSynthetic: false,
    symbols: ['AAPL'],
    timeframe: '1d',
    from: '2013-05-13',
    to: '2018-05-11',
    load: async () => [await recordedAaplDays()],
  },
];

/** Returns a tape by its id. Throws `tape/unknown`. */
export function demoTape(id: string): DemoTape {
  const tape = DEMO_TAPES.find((candidate) => candidate.id === id);
  if (tape !== undefined) return tape;
  const known = DEMO_TAPES.map((candidate) => candidate.id).join(', ');
  throw new BellwetherError(
    'invalid',
    'tape/unknown',
    `expected a demo tape (${known}), was "${id}"; choose one of these`,
    {
      id,
    },
  );
}
