import { Component, computed, input } from '@angular/core';
import type { FillsCompared, Report } from '../api/wire.ts';
import { formatPrice, formatQuantity, signClass } from '../design/format.ts';
import { Figure } from '../design/number-pipes.ts';
import { ExchangeTime } from '../design/time-pipes.ts';

type Filled = FillsCompared['orders'][number]['actual'];

/** Where a run on paper was filled, held against the simulated exchange: the decisions are the same, only fills differ. */
@Component({
  selector: 'bw-fills-compared',
  imports: [ExchangeTime, Figure],
  template: `
    <section aria-labelledby="compared-fills-title">
      <div class="section-head"><h2 id="compared-fills-title">Fills against simulation</h2></div>
      <p class="muted says">{{ compared().text }}</p>
      @if (rows().length > 0) {
        <div class="table-scroll stacks">
          <table class="table stacks">
            <caption class="visually-hidden">Entries whose fill differs from the simulated one, oldest first</caption>
            <thead>
              <tr>
                <th scope="col">Decision</th>
                <th scope="col">Entry</th>
                <th scope="col">{{ actualTitle() }}</th>
                <th scope="col">Fill in simulation</th>
                <th scope="col" class="number">Effect</th>
              </tr>
            </thead>
            <tbody>
              @for (row of rows(); track $index) {
                <tr>
                  <th scope="row" class="nowrap">{{ row.order.decided_at | exchangeTime }}</th>
                  <td data-label="Entry">{{ row.order.side }} {{ row.order.symbol }}</td>
                  <td [attr.data-label]="actualTitle()">
                    <span>{{ row.actual }} @if (row.order.actual; as fill) {<span class="caption">{{ fill.time | exchangeTime }}</span>}</span>
                  </td>
                  <td data-label="Fill in simulation">
                    <span>{{ row.simulated }} @if (row.order.simulated; as fill) {<span class="caption">{{ fill.time | exchangeTime }}</span>}</span>
                  </td>
                  <td [class]="'number ' + row.effectClass" data-label="Effect">{{ row.order.effect | figure: 'pnl' }}</td>
                </tr>
              }
            </tbody>
          </table>
        </div>
        <p class="caption">Effect in USD with commissions, positive where the actual fill was better.</p>
      }
    </section>
  `,
  styles: `:host { display: block; margin-top: 24px; } p.says::first-letter { text-transform: uppercase; } p { max-width: 90ch; } .table-scroll { margin-top: 8px; } .caption { margin-top: 4px; }`,
})
export class FillsComparedTable {
  readonly compared = input.required<FillsCompared>();
  readonly venue = input.required<Report['venue']>();
  protected readonly actualTitle = computed(() =>
    this.venue() === 'sandbox' ? 'Fill at the sandbox' : 'Fill on paper',
  );
  protected readonly rows = computed(() =>
    this.compared().orders.map((order) => ({
      order,
      actual: fillWords(order.actual),
      simulated: fillWords(order.simulated),
      effectClass: signClass(order.effect),
    })),
  );
}

function fillWords(fill: Filled): string {
  return fill === null ? 'not filled' : `${formatQuantity(fill.quantity)} at ${formatPrice(fill.price)}`;
}
