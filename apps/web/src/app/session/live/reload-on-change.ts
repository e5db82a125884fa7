import { DestroyRef, DOCUMENT, effect, inject, type Signal, untracked } from '@angular/core';

/** Reads again whenever a revision rises, not at the first look: the read itself has just begun then. Called in an injection context. */
export function reloadOnChange(revision: Signal<number>, ...reads: readonly { reload(): void }[]): void {
  let seen: number | undefined;
  effect(() => {
    const now = revision();
    if (seen !== undefined && now !== seen) untracked(() => reads.forEach((each) => each.reload()));
    seen = now;
  });
}

const PAUSE_MS = 1000;

/** The same for screens that are watched: at once, and then at most once a second however fast the events come. */
export function reloadAtMostEachSecond(revision: Signal<number>, ...reads: readonly { reload(): void }[]): void {
  let seen: number | undefined;
  let pause: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false;
  const reload = () => {
    isAsked = false;
    reads.forEach((each) => each.reload());
    pause = setTimeout(() => {
      pause = undefined;
      if (isAsked) reload();
    }, PAUSE_MS);
  };
  effect(() => {
    const now = revision();
    if (seen !== undefined && now !== seen) {
      if (pause === undefined) untracked(reload);
      else isAsked = true;
    }
    seen = now;
  });
  inject(DestroyRef).onDestroy(() => clearTimeout(pause));
}

const WATCHED_MS = 2000;

/** Reads again every two seconds while somebody looks and there is something whose price moves: prices are no events. */
export function reloadWhileWatched(isMoving: Signal<boolean>, watched: { reload(): void }): void {
  const document = inject(DOCUMENT);
  const reading = setInterval(() => {
    if (document.visibilityState === 'visible' && untracked(isMoving)) watched.reload();
  }, WATCHED_MS);
  inject(DestroyRef).onDestroy(() => clearInterval(reading));
}
