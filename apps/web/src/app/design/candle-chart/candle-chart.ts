import {
  afterNextRender,
  Component,
  computed,
  DestroyRef,
  type ElementRef,
  effect,
  inject,
  input,
  signal,
  viewChild,
} from '@angular/core';
import { formatDay, formatDayClock } from '../exchange-time.ts';
import { formatPrice } from '../format.ts';
import { Figure } from '../number-pipes.ts';
import { Theme } from '../theme.ts';
import type { CandlePainter, ChartColors } from './candle-painter.ts';
import { type ChartBar, type ChartFill, type ChartLevels, chartPicture } from './chart-picture.ts';
import { OPEN_PAINTER } from './open-painter.ts';

const TABLE_BARS = 60;

/** Candles with the levels of a decision and its fills: a figure with a summary in words and the same numbers as a table. */
@Component({
  selector: 'bw-candle-chart',
  imports: [Figure],
  templateUrl: './candle-chart.html',
  styleUrl: './candle-chart.css',
})
export class CandleChart {
  readonly symbol = input.required<string>();
  readonly timeframe = input.required<string>();
  readonly bars = input.required<readonly ChartBar[]>();
  readonly levels = input<ChartLevels | null>(null);
  readonly fills = input<readonly ChartFill[]>([]);
  readonly decidedAt = input<string | null>(null);
  readonly sourceLabel = input('');
  readonly isSynthetic = input(false);

  readonly #openPainter = inject(OPEN_PAINTER);
  readonly #theme = inject(Theme);
  private readonly canvas = viewChild.required<ElementRef<HTMLElement>>('canvas');
  readonly #painter = signal<CandlePainter | undefined>(undefined);

  readonly #picture = computed(() =>
    chartPicture(this.bars(), this.timeframe(), this.levels(), this.fills(), this.decidedAt()),
  );
  protected readonly levelRows = computed(() => this.#picture().levels);
  protected readonly barRows = computed(() =>
    this.bars()
      .slice(-TABLE_BARS)
      .map((bar, index) => ({ ...bar, index, when: this.when(bar.time) })),
  );
  protected readonly summary = computed(() => {
    const bars = this.bars();
    const [first, last] = [bars[0], bars.at(-1)];
    if (first === undefined || last === undefined) return `No bars for ${this.symbol()}.`;
    const low = Math.min(...bars.map((bar) => bar.low));
    const high = Math.max(...bars.map((bar) => bar.high));
    const levels = this.levelRows().map((level) => `${level.title} ${formatPrice(level.price)}`);
    const fills = this.#picture().marks.map((mark) => mark.text);
    return [
      `${this.symbol()}, ${bars.length} bars of ${this.timeframe()} from ${this.when(first.time)} to ${this.when(last.time)}`,
      `between ${formatPrice(low)} and ${formatPrice(high)}, last close ${formatPrice(last.close)}`,
      ...(levels.length > 0 ? [levels.join(', ')] : []),
      ...(fills.length > 0 ? [`fills: ${fills.join(', ')}`] : []),
    ].join('. ');
  });

  constructor() {
    const destroyed = inject(DestroyRef);
    let isGone = false;
    destroyed.onDestroy(() => {
      isGone = true;
      this.#painter()?.destroy();
    });
    afterNextRender(async () => {
      const painter = await this.#openPainter(this.canvas().nativeElement);
      if (isGone) painter.destroy();
      else this.#painter.set(painter);
    });
    effect(() => {
      const painter = this.#painter();
      const picture = this.#picture();
      this.#theme.isDark();
      if (painter) painter.paint(picture, this.#colors());
    });
  }

  protected when(instant: string): string {
    return this.timeframe() === '1d'
      ? formatDay(Date.parse(instant) % 86_400_000 === 0 ? `${instant.slice(0, 10)}T17:00:00Z` : instant)
      : formatDayClock(instant);
  }

  /** The canvas needs real colors: tokens are resolved through a probe, because `light-dark()` is not a color until it is used as one. */
  #colors(): ChartColors {
    const host = this.canvas().nativeElement;
    const probe = host.ownerDocument.createElement('span');
    host.append(probe);
    const color = (token: string) => {
      probe.style.color = `var(${token})`;
      return getComputedStyle(probe).color;
    };
    const colors = {
      surface: color('--surface'),
      text: color('--text-muted'),
      line: color('--line'),
      gain: color('--gain'),
      loss: color('--loss'),
      primary: color('--primary'),
    };
    probe.remove();
    return colors;
  }
}
