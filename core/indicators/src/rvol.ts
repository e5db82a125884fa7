import type { BarSeries } from '@bellwether/domain';
import { Indicator, type IndicatorDefinition, type IndicatorSpec, parameter } from './indicator.ts';

const MINUTES_PER_DAY = 1440;

/**
 * Volume over the median volume of the bars at the same minute of the last `period` sessions, this one not counted.
 * At least half of those sessions must have such a bar. No value (NaN) while the median is 0.
 * An update takes at most `period` steps of an insertion sort.
 */
export class RelativeVolume extends Indicator {
  private readonly period: number;
  private readonly needed: number;
  /** Where the minute's ring begins in `volumes` and `sessions`, plus one; 0 while the minute has not been seen. */
  private readonly rings: Int32Array;
  private readonly next: Int32Array;
  /** Rings of `period` entries, one per minute of the day seen so far; they grow when a new minute appears. */
  private volumes: Float64Array;
  private sessions: Float64Array;
  private used = 0;
  private readonly sorted: Float64Array;

  constructor(spec: IndicatorSpec) {
    const period = parameter(spec, 'period');
    super(spec, RVOL.outputs, Math.ceil(period / 2) + 1);
    this.period = period;
    this.needed = Math.ceil(period / 2);
    this.rings = new Int32Array(MINUTES_PER_DAY);
    this.next = new Int32Array(MINUTES_PER_DAY);
    this.volumes = new Float64Array(period);
    this.sessions = new Float64Array(period).fill(Number.NEGATIVE_INFINITY);
    this.sorted = new Float64Array(period);
  }

  update(bars: BarSeries, row: number, session: number, minutesSinceOpen: number): void {
    const volume = bars.volume[row] as number;
    // Minutes before the open are negative; they are minutes of their own.
    const minute = ((minutesSinceOpen % MINUTES_PER_DAY) + MINUTES_PER_DAY) % MINUTES_PER_DAY;
    const ring = this.ringOf(minute);
    const median = this.median(ring, session - this.period);
    this.values[0] = median > 0 ? volume / median : Number.NaN;
    const place = this.next[minute] as number;
    this.volumes[ring + place] = volume;
    this.sessions[ring + place] = session;
    this.next[minute] = place + 1 === this.period ? 0 : place + 1;
  }

  override restoreState(state: Parameters<Indicator['restoreState']>[0]): void {
    const saved = state['used'];
    if (typeof saved === 'number') while (this.volumes.length < saved) this.grow();
    super.restoreState(state);
  }

  private ringOf(minute: number): number {
    const known = this.rings[minute] as number;
    if (known > 0) return known - 1;
    const ring = this.used;
    this.used += this.period;
    if (this.used > this.volumes.length) this.grow();
    this.rings[minute] = ring + 1;
    return ring;
  }

  private grow(): void {
    const volumes = new Float64Array(this.volumes.length * 2);
    const sessions = new Float64Array(volumes.length).fill(Number.NEGATIVE_INFINITY);
    volumes.set(this.volumes);
    sessions.set(this.sessions);
    this.volumes = volumes;
    this.sessions = sessions;
  }

  private median(ring: number, oldestSession: number): number {
    const sorted = this.sorted;
    let count = 0;
    for (let i = ring; i < ring + this.period; i++) {
      if ((this.sessions[i] as number) < oldestSession) continue;
      const volume = this.volumes[i] as number;
      let place = count++;
      while (place > 0 && (sorted[place - 1] as number) > volume) {
        sorted[place] = sorted[place - 1] as number;
        place--;
      }
      sorted[place] = volume;
    }
    if (count < this.needed) return Number.NaN;
    const middle = count >> 1;
    const upper = sorted[middle] as number;
    return count % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
  }
}

export const RVOL: IndicatorDefinition = {
  name: 'RVOL',
  title: 'Relative volume',
  description:
    'Volume over the median volume at the same time of day in the last sessions; needs at least half of them. On daily bars, over the median of the last days.',
  params: [
    {
      name: 'period',
      title: 'Sessions',
      description: 'Sessions to compare with.',
      default: 20,
      minimum: 2,
      maximum: 250,
      integer: true,
    },
  ],
  outputs: ['value'],
  defaultOutput: 'value',
  source: null,
  create: (spec) => new RelativeVolume(spec),
};
