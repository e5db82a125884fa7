import { Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { LucideShieldCheck, LucideX } from '@lucide/angular';
import { read } from '../api/read.ts';
import { DataState } from '../design/data-state.ts';
import { EmptyState } from '../design/empty-state.ts';
import { signClass } from '../design/format.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { Figure, Word } from '../design/number-pipes.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import { LiveConnection } from '../session/live/live-connection.ts';
import { AccountAlarms } from './account-alarms.ts';
import { CloseAllDialog } from './close-all-dialog.ts';
import { CloseAllProgress } from './close-all-progress.ts';
import { CloseDialog } from './close-dialog.ts';
import { ExternalHoldings } from './external-holdings.ts';
import { PositionGroupTable } from './position-group.ts';
import type { PositionView } from './position-view.ts';
import { PositionsStore } from './positions-store.ts';

const LAST_TRADES = 5;

/** What is held now, account by account, with what protects it and the way to close it. */
@Component({
  selector: 'bw-positions',
  imports: [
    AccountAlarms,
    CloseAllDialog,
    CloseAllProgress,
    CloseDialog,
    DataState,
    EmptyState,
    ExchangeTime,
    ExternalHoldings,
    Figure,
    LucideShieldCheck,
    LucideX,
    ModeBadge,
    PositionGroupTable,
    RouterLink,
    Word,
  ],
  providers: [PositionsStore],
  templateUrl: './positions.html',
  styleUrl: './positions.css',
})
export class Positions {
  protected readonly store = inject(PositionsStore);
  readonly #phase = inject(LiveConnection).phase;
  protected readonly chosen = signal<PositionView | undefined>(undefined);
  protected readonly openCount = computed(() => this.store.open().length);
  /** Real money and tests are counted apart. */
  protected readonly countWords = computed(() => {
    const all = this.store.open();
    const live = all.filter((each) => each.mode === 'live').length;
    const test = all.length - live;
    return live === 0 ? `${test} test, none with real money` : `${live} with real money, ${test} test`;
  });
  /** Closing needs the server: without it the buttons say why they do nothing. */
  protected readonly whyNot = computed(() =>
    this.#phase() === 'offline' ? 'Offline: nothing can be closed from here now. Stops rest at the broker.' : undefined,
  );
  readonly #trades = read('/trades', () =>
    this.store.hasAnswer() && this.openCount() === 0 ? { query: { limit: LAST_TRADES } } : undefined,
  );
  protected readonly lastTrades = computed(() =>
    (this.#trades.value()?.items ?? []).map((trade) => ({ trade, pnlClass: signClass(trade.pnl) })),
  );

  protected askToClose(position: PositionView): void {
    this.chosen.set(position);
  }
}
