import { Component, computed, input } from '@angular/core';
import { formatDuration } from '../design/format.ts';
import { StatusMark } from '../design/status-mark.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import type { Cell } from './journal-fold.ts';
import { outputView } from './output-fields.ts';
import { WhyNot } from './why-not.ts';

/** One agent in one lane: what it answered and why. Text from agents is shown as plain text. */
@Component({
  selector: 'bw-step-detail',
  imports: [ExchangeTime, StatusMark, WhyNot],
  template: `
    <div class="head">
      <h3>{{ symbol() }} · {{ title() }}</h3>
      <p class="facts">
        <bw-status [status]="cell().status" />
        @if (cell().endedAt ?? cell().startedAt; as at) {
          <span>{{ at | exchangeTime }}</span>
        }
        @if (took(); as duration) {
          <span>{{ duration }}</span>
        }
        @if (cell().attempt > 1) {
          <span>attempt {{ cell().attempt }}</span>
        }
      </p>
    </div>
    @if (cell().error; as error) {
      <p class="error">{{ error.message }} <code>{{ error.code }}</code>{{ error.willRetry ? ' · will try again' : '' }}</p>
    }
    @if (cell().blocked; as blocked) {
      <bw-why-not [blocked]="blocked" />
    } @else if (cell().summary; as summary) {
      <p>{{ summary }}</p>
    } @else {
      <p class="muted">{{ cell().status === 'skipped' ? 'This lane ended before it came here.' : 'Nothing to show yet.' }}</p>
    }
    @if (view(); as shown) {
      @if (shown.reasoning && shown.reasoning !== cell().summary) {
        <p class="reasoning">{{ shown.reasoning }}</p>
      }
      @for (list of shown.lists; track list.name) {
        <div>
          <h4>{{ list.name }}</h4>
          <ul>
            @for (item of list.items; track $index) {
              <li>{{ item }}</li>
            }
          </ul>
        </div>
      }
      @if (shown.fields.length > 0) {
        <dl class="fields">
          @for (field of shown.fields; track field.name) {
            <dt>{{ field.name }}</dt>
            <dd>{{ field.value }}</dd>
          }
        </dl>
      }
    }
  `,
  styles: `
    :host { display: grid; gap: 12px; align-content: start; font-size: 13px; overflow-wrap: anywhere; }
    .error { padding-left: 12px; border-left: 3px solid var(--danger); }
    .reasoning { max-width: 68ch; }
    h4 { margin: 0 0 2px; color: var(--text-muted); font-size: 12px; font-weight: 550; }
    ul { display: grid; gap: 2px; }
    li { padding-left: 12px; border-left: 2px solid var(--line); }
  `,
})
export class StepDetail {
  readonly symbol = input.required<string>();
  readonly title = input.required<string>();
  readonly cell = input.required<Cell>();
  protected readonly view = computed(() => {
    const output = this.cell().output;
    return output === undefined ? undefined : outputView(output.value);
  });
  protected readonly took = computed(() => {
    const { startedAt, endedAt } = this.cell();
    if (startedAt === undefined || endedAt === undefined) return undefined;
    const milliseconds = Date.parse(endedAt) - Date.parse(startedAt);
    return milliseconds >= 1000 ? formatDuration(milliseconds) : undefined;
  });
}
