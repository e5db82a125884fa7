import { afterNextRender, Component, DestroyRef, type ElementRef, Injector, inject, viewChild } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import {
  LucideActivity,
  LucideDynamicIcon,
  LucideFileChartColumn,
  LucideLayers,
  LucideMoon,
  LucideSun,
  LucideWorkflow,
} from '@lucide/angular';
import { filter } from 'rxjs';
import { Theme } from '../design/theme.ts';
import { LiveConnection } from '../session/live/live-connection.ts';
import { AccountMenu } from './account-menu.ts';
import { Announcements } from './announcements.ts';
import { ConnectionState } from './connection-state.ts';
import { ExchangeClock } from './exchange-clock.ts';
import { LatchBanner } from './stop-trading/latch-banner.ts';
import { StopTrading } from './stop-trading/stop-trading.ts';

@Component({
  selector: 'bw-shell',
  imports: [
    AccountMenu,
    Announcements,
    ConnectionState,
    ExchangeClock,
    LatchBanner,
    LucideDynamicIcon,
    LucideMoon,
    LucideSun,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
    StopTrading,
  ],
  templateUrl: './shell.html',
  styleUrl: './shell.css',
})
export class Shell {
  protected readonly theme = inject(Theme);
  protected readonly places = [
    { path: '/pipelines', word: 'Pipelines', icon: LucideWorkflow },
    { path: '/executions', word: 'Activity', icon: LucideActivity },
    { path: '/positions', word: 'Positions', icon: LucideLayers },
    { path: '/reports', word: 'Reports', icon: LucideFileChartColumn },
  ];
  #awaited: MutationObserver | undefined;
  private readonly main = viewChild.required<ElementRef<HTMLElement>>('main');

  constructor() {
    const connection = inject(LiveConnection);
    connection.start();
    inject(DestroyRef).onDestroy(() => {
      connection.stop();
      this.#awaited?.disconnect();
    });

    const injector = inject(Injector);
    let isFirst = true;
    let page = '';
    inject(Router)
      .events.pipe(
        filter((event) => event instanceof NavigationEnd),
        takeUntilDestroyed(),
      )
      .subscribe((event) => {
        const path = event.urlAfterRedirects.split(/[?#]/)[0] ?? '';
        const isNewPage = path !== page;
        page = path;
        if (isNewPage && !isFirst) afterNextRender(() => this.#focusHeading(), { injector });
        isFirst = false;
      });
  }

  /** A new page begins at its heading, for the keyboard and for screen readers; a heading that must first be loaded is waited for. */
  #focusHeading(): void {
    this.#awaited?.disconnect();
    const main = this.main().nativeElement;
    const heading = () => main.querySelector<HTMLElement>('h1');
    const present = heading();
    if (present !== null) return present.focus({ preventScroll: true });
    main.focus({ preventScroll: true });
    this.#awaited = new MutationObserver((_changes, observer) => {
      const found = heading();
      if (found === null) return;
      observer.disconnect();
      // Whoever has moved on meanwhile is not pulled back.
      if (main.ownerDocument.activeElement === main) found.focus({ preventScroll: true });
    });
    this.#awaited.observe(main, { childList: true, subtree: true });
  }
}
