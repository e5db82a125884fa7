import { effect, type Signal, untracked } from '@angular/core';

/** Reads again whenever a revision rises, not at the first look: the read itself has just begun then. Called in an injection context. */
export function reloadOnChange(revision: Signal<number>, ...reads: readonly { reload(): void }[]): void {
  let seen: number | undefined;
  effect(() => {
    const now = revision();
    if (seen !== undefined && now !== seen) untracked(() => reads.forEach((each) => each.reload()));
    seen = now;
  });
}
