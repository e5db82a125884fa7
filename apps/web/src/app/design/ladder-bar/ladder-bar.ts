import { Component, computed, input } from '@angular/core';
import { LucideTriangleAlert } from '@lucide/angular';
import { formatPrice } from '../format.ts';
import { type LadderPrices, ladderScale } from './ladder-scale.ts';

/** Stop, entry, targets and the price on one line, stop always on the left; the sentence below says the same in words. */
@Component({
  selector: 'bw-ladder-bar',
  imports: [LucideTriangleAlert],
  templateUrl: './ladder-bar.html',
  styleUrl: './ladder-bar.css',
  host: { '[class.large]': 'large()', '[class.near]': 'scale().isNearStop' },
})
export class LadderBar {
  readonly prices = input.required<LadderPrices>();
  /** With the prices under the marks, for a page of its own. */
  readonly large = input(false);
  protected readonly scale = computed(() => ladderScale(this.prices()));
  protected readonly ticks = computed(() => {
    const { ticks } = this.scale();
    return ticks.map((tick, index) => ({
      ...tick,
      priceText: formatPrice(tick.price),
      // Marks too close to be read side by side: the later one is raised above the line.
      isRaised: ticks.some(
        (other, earlier) => earlier < index && Math.abs(other.at - tick.at) < (this.large() ? 12 : 9),
      ),
      edge: tick.at < 8 ? 'start' : tick.at > 92 ? 'end' : '',
    }));
  });
  protected readonly title = computed(() =>
    this.ticks()
      .map((tick) => `${tick.word} ${tick.priceText}`)
      .join(' · '),
  );
}
