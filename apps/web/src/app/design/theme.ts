import { computed, DOCUMENT, effect, Injectable, inject, signal } from '@angular/core';

export type ThemeChoice = 'system' | 'light' | 'dark';
const STORED = 'bellwether.theme';

/** The theme on screen: the system's until the person chooses. */
@Injectable({ providedIn: 'root' })
export class Theme {
  readonly #document = inject(DOCUMENT);
  readonly #systemIsDark = signal(false);
  readonly choice = signal<ThemeChoice>(stored(this.#document.defaultView));
  readonly isDark = computed(() => (this.choice() === 'system' ? this.#systemIsDark() : this.choice() === 'dark'));

  constructor() {
    const query = this.#document.defaultView?.matchMedia?.('(prefers-color-scheme: dark)');
    if (query) {
      this.#systemIsDark.set(query.matches);
      query.addEventListener('change', (event) => this.#systemIsDark.set(event.matches));
    }
    effect(() => {
      const root = this.#document.documentElement;
      root.dataset['theme'] = this.isDark() ? 'dark' : 'light';
      root.classList.toggle('dark', this.isDark());
    });
  }

  toggle(): void {
    this.choice.set(this.isDark() ? 'light' : 'dark');
    try {
      this.#document.defaultView?.localStorage.setItem(STORED, this.choice());
    } catch (error) {
      // Private windows refuse storage; the theme then lasts as long as the tab.
      console.warn('theme not stored', error);
    }
  }
}

function stored(view: Window | null): ThemeChoice {
  try {
    const value = view?.localStorage.getItem(STORED);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}
