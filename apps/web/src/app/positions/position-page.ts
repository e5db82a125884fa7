import { Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import { LucideShieldCheck } from '@lucide/angular';
import { read } from '../api/read.ts';
import { DataState } from '../design/data-state.ts';
import { EmptyState } from '../design/empty-state.ts';
import { signClass } from '../design/format.ts';
import { LadderBar } from '../design/ladder-bar/ladder-bar.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { Figure, Reason, Word } from '../design/number-pipes.ts';
import { ServerClock } from '../design/server-clock.ts';
import { StatusMark } from '../design/status-mark.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import { LiveConnection } from '../session/live/live-connection.ts';
import { LiveStore } from '../session/live/live-store.ts';
import { reloadAtMostEachSecond, reloadWhileWatched } from '../session/live/reload-on-change.ts';
import { PageTitle } from '../shell/page-title.ts';
import { LatchedSymbols } from '../shell/stop-trading/latched-symbols.ts';
import { CloseCommands } from './close-commands.ts';
import { CloseDialog } from './close-dialog.ts';
import { CloseState } from './close-state.ts';
import { bringOrdersUpToDate, bringUpToDate } from './live-overlay.ts';
import { fillRows, orderRows, timelineOf } from './position-history.ts';
import { type PositionView, positionView } from './position-view.ts';
import { Protection } from './protection.ts';

/** One position: where it stands, what protects it, and all that was ordered for it. */
@Component({
  selector: 'bw-position-page',
  imports: [
    CloseDialog,
    CloseState,
    DataState,
    EmptyState,
    ExchangeTime,
    Figure,
    LadderBar,
    LatchedSymbols,
    LucideShieldCheck,
    ModeBadge,
    Protection,
    Reason,
    RouterLink,
    StatusMark,
    Word,
  ],
  templateUrl: './position-page.html',
  styleUrl: './position-page.css',
})
export class PositionPage {
  /** From the address. */
  readonly id = input.required<string>();
  readonly #live = inject(LiveStore);
  readonly #clock = inject(ServerClock);
  readonly #phase = inject(LiveConnection).phase;
  protected readonly detail = read('/positions/{position}', () => ({ path: { position: this.id() } }));
  protected readonly chosen = signal<PositionView | undefined>(undefined);
  readonly #current = computed(() => {
    const detail = this.detail.value();
    if (detail === undefined) return undefined;
    // A position that the stream has closed stays on its own page, which the next snapshot will tell so.
    return bringUpToDate([detail], detail.as_of_seq, this.#live.positions(), {})[0];
  });
  protected readonly position = computed(() => {
    const current = this.#current();
    return current === undefined ? undefined : positionView(current, this.#clock.now());
  });
  protected readonly isClosed = computed(() => this.#current()?.state === 'closed');
  /** Whether the symbol was closed by hand and waits to be re-armed. */
  protected readonly latched = computed(() => {
    const detail = this.detail.value();
    if (detail === undefined) return undefined;
    return detail.latched_since === null ? [] : [{ symbol: detail.symbol, since: detail.latched_since }];
  });
  protected readonly orders = computed(() => {
    const detail = this.detail.value();
    return detail === undefined
      ? []
      : orderRows(bringOrdersUpToDate(detail.orders, detail.as_of_seq, this.#live.orders()));
  });
  protected readonly fills = computed(() => fillRows(this.detail.value()?.orders ?? []));
  protected readonly timeline = computed(() => {
    const detail = this.detail.value();
    return detail === undefined ? [] : timelineOf(detail);
  });
  protected readonly trade = computed(() => {
    const trade = this.detail.value()?.trade;
    return trade === null || trade === undefined ? undefined : { trade, pnlClass: signClass(trade.pnl) };
  });
  protected readonly realizedClass = computed(() => signClass(this.detail.value()?.realized_pnl));
  protected readonly whyNot = computed(() =>
    this.#phase() === 'offline' ? 'Offline: nothing can be closed from here now. Stops rest at the broker.' : undefined,
  );

  constructor() {
    reloadAtMostEachSecond(this.#live.revision, this.detail);
    reloadWhileWatched(
      computed(() => this.position() !== undefined && !this.isClosed() && !this.detail.isLoading()),
      this.detail,
    );
    const commands = inject(CloseCommands);
    const title = inject(PageTitle);
    effect(() => {
      const position = this.position();
      if (position === undefined) return;
      title.name(`${position.symbol} position`);
      const command = position.closeCommandId;
      if (command !== null) untracked(() => void commands.follow(command, [position]));
    });
  }
}
