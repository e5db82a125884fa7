import { Component, input } from '@angular/core';
import type { ExternalHolding } from '../api/wire.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { Figure } from '../design/number-pipes.ts';

/** Shares at a broker that no pipeline owns: shown, never touched. */
@Component({
  selector: 'bw-external-holdings',
  imports: [Figure, ModeBadge],
  template: `
    <section aria-labelledby="external-title">
      <div class="section-head">
        <h2 id="external-title">Held by you, not by a pipeline</h2>
        <p class="caption">Read only: pipelines never touch these shares, and closing here leaves them alone</p>
      </div>
      <div class="table-scroll stacks">
        <table class="table stacks">
          <caption class="visually-hidden">Holdings at brokers that no pipeline owns</caption>
          <thead>
            <tr>
              <th scope="col">Symbol</th>
              <th scope="col">Account</th>
              <th scope="col">Mode</th>
              <th scope="col" class="number">Shares</th>
              <th scope="col" class="number">Average entry</th>
            </tr>
          </thead>
          <tbody>
            @for (holding of holdings(); track $index) {
              <tr>
                <th scope="row">{{ holding.symbol }} <span class="muted">{{ holding.side }}</span></th>
                <td data-label="Account">
                  <span>{{ holding.account.name }}
                    @if (holding.account.label === 'sandbox') {
                      <span class="chip">Sandbox</span>
                    }
                  </span>
                </td>
                <td data-label="Mode"><bw-mode-badge [mode]="holding.account.trading_mode" /></td>
                <td class="number" data-label="Shares">{{ holding.quantity | figure: 'quantity' }}</td>
                <td class="number" data-label="Average entry">{{ holding.average_entry | figure: 'price' }}</td>
              </tr>
            }
          </tbody>
        </table>
      </div>
    </section>
  `,
})
export class ExternalHoldings {
  readonly holdings = input.required<readonly ExternalHolding[]>();
}
