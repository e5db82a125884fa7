// Writes core/analysis/src/generic-null.generated.ts: what |s′| is worth when a symbol has too few bars for a null of its own.
// Seeded synthetic series without any trend → the same null calibration as for a real symbol → 400 quantiles of all draws.
// Run with --check to fail when the file is not what this tool would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NULL_DRAWS, nullTable, type SeededRandom, seededRandom, sessionColumns } from '@bellwether/analysis';
import { allocateBars, type BarSeries, DAY_MS } from '@bellwether/domain';

const SERIES = 60;
const BARS = 500;
const STEPS_PER_BAR = 8;
const TARGET = fileURLToPath(new URL('../core/analysis/src/generic-null.generated.ts', import.meta.url));

function normal(random: SeededRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A random walk whose volatility wanders (log-AR(1)), with an opening gap, intrabar steps and a volume that follows the range. */
function syntheticSeries(random: SeededRandom): BarSeries {
  const bars = allocateBars('SYNTHETIC', '1d', BARS);
  let price = 100;
  let heat = 0;
  for (let row = 0; row < BARS; row++) {
    heat = 0.95 * heat + 0.15 * normal(random);
    const deviation = 0.012 * Math.exp(heat);
    price *= Math.exp(0.3 * deviation * normal(random));
    const prices = [price];
    for (let step = 0; step < STEPS_PER_BAR; step++) {
      price *= Math.exp((0.95 * deviation * normal(random)) / Math.sqrt(STEPS_PER_BAR));
      prices.push(price);
    }
    bars.start[row] = row * DAY_MS;
    bars.end[row] = (row + 1) * DAY_MS;
    bars.open[row] = prices[0] as number;
    bars.high[row] = Math.max(...prices);
    bars.low[row] = Math.min(...prices);
    bars.close[row] = price;
    bars.volume[row] = 1e6 * Math.exp(0.5 * heat + 0.35 * normal(random));
  }
  return bars;
}

function genericTable(): number[] {
  const pooled: number[] = [];
  for (let i = 0; i < SERIES; i++) {
    const seed = `generic null ${i}`;
    const bars = syntheticSeries(seededRandom(seed));
    pooled.push(...nullTable(bars, sessionColumns(bars, '24/7'), seed).scores);
  }
  pooled.sort((a, b) => a - b);
  return Array.from({ length: NULL_DRAWS }, (_, i) => {
    const quantile = pooled[Math.floor(((i + 0.5) / NULL_DRAWS) * pooled.length)] as number;
    return Math.round(quantile * 1e4) / 1e4;
  });
}

function render(table: readonly number[]): string {
  const lines = Array.from(
    { length: table.length / 20 },
    (_, i) => `  ${table.slice(i * 20, i * 20 + 20).join(', ')},`,
  );
  return [
    `// Written by tools/generate-null-table.ts: ${NULL_DRAWS} quantiles of |s′| over ${SERIES} seeded synthetic series of ${BARS} bars without a trend,`,
    '// each shuffled and read as null-calibration.ts does for a real symbol. Smallest first.',
    'export const GENERIC_NULL: readonly number[] = [',
    ...lines,
    '];',
    '',
  ].join('\n');
}

const text = render(genericTable());
if (!process.argv.includes('--check')) writeFileSync(TARGET, text);
else if (readFileSync(TARGET, 'utf8') !== text) {
  process.stderr.write(`expected ${TARGET} as this tool writes it, was different; run it without --check\n`);
  process.exitCode = 1;
}
