import { allocateBars, type BarSeries, DAY_MS, type Timeframe } from '@bellwether/domain';

/** Returns the Numerical Recipes generator of [0, 1): tests must see the same bars on every machine. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** Returns a random walk of coherent bars; with `ties`, whole prices that often stand still and volumes that may be 0. */
export function randomBars(length: number, seed: number, ties = false, timeframe: Timeframe = '1d'): BarSeries {
  const random = randomNumbers(seed);
  const round = (value: number) => (ties ? Math.round(value) : value);
  const series = allocateBars('TEST', timeframe, length);
  let price = 50;
  for (let row = 0; row < length; row++) {
    const open = round(price);
    price = Math.max(5, price + (ties && random() < 0.5 ? 0 : (random() - 0.5) * 3));
    const close = round(price);
    series.start[row] = row * DAY_MS;
    series.end[row] = (row + 1) * DAY_MS;
    series.open[row] = open;
    series.close[row] = close;
    series.high[row] = Math.max(open, close) + (ties ? Math.floor(random() * 2) : random());
    series.low[row] = Math.min(open, close) - (ties ? Math.floor(random() * 2) : random());
    series.volume[row] = ties ? Math.floor(random() * 5) * 100 : random() * 1000 + 1;
  }
  return series;
}
