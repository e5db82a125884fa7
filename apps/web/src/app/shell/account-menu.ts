import { Component, ElementRef, inject, signal, viewChild } from '@angular/core';
import { LucideCircleUser, LucideLogOut } from '@lucide/angular';
import { SessionStore } from '../session/session-store.ts';

/** Who is signed in, and the way out. A disclosure, not a menu: its content is read like any other. */
@Component({
  selector: 'bw-account-menu',
  imports: [LucideCircleUser, LucideLogOut],
  template: `
    <button #opener type="button" class="button quiet icon-only" aria-label="Account" aria-controls="account-panel" [attr.aria-expanded]="isOpen()" (click)="isOpen.set(!isOpen())">
      <svg lucideCircleUser [size]="18" aria-hidden="true"></svg>
    </button>
    @if (isOpen()) {
      <div id="account-panel" class="panel">
        <p class="name">{{ session.user()?.display_name }}</p>
        <p class="caption">{{ session.user()?.email }}</p>
        <button type="button" class="button" (click)="signOut()"><svg lucideLogOut [size]="14" aria-hidden="true"></svg>Sign out</button>
        @if (failed()) {
          <p class="caption danger" role="alert">The server did not answer; you are still signed in.</p>
        }
      </div>
    }
  `,
  host: { '(document:click)': 'closeFromOutside($event)', '(keydown.escape)': 'close()' },
  styles: `
    :host { position: relative; }
    .panel { position: absolute; z-index: 25; top: calc(100% + 6px); right: 0; display: grid; gap: 4px; width: 240px; padding: 16px; box-shadow: var(--overlay-shadow); }
    .name { font-weight: 550; }
    .caption { overflow-wrap: anywhere; }
    .panel .button { margin-top: 12px; }
  `,
})
export class AccountMenu {
  protected readonly session = inject(SessionStore);
  protected readonly isOpen = signal(false);
  protected readonly failed = signal(false);
  readonly #host = inject<ElementRef<HTMLElement>>(ElementRef);
  private readonly opener = viewChild.required<ElementRef<HTMLButtonElement>>('opener');

  protected closeFromOutside(event: Event): void {
    if (event.target instanceof Node && !this.#host.nativeElement.contains(event.target)) this.isOpen.set(false);
  }

  protected close(): void {
    if (!this.isOpen()) return;
    this.isOpen.set(false);
    this.opener().nativeElement.focus();
  }

  protected async signOut(): Promise<void> {
    this.failed.set(false);
    try {
      await this.session.signOut();
    } catch {
      this.failed.set(true);
    }
  }
}
