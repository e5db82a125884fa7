import { computed, effect, Injectable, inject, untracked } from '@angular/core';
import { read } from '../api/read.ts';
import { ServerClock } from '../design/server-clock.ts';
import { LiveStore } from '../session/live/live-store.ts';
import { reloadAtMostEachSecond, reloadWhileWatched } from '../session/live/reload-on-change.ts';
import { CloseCommands } from './close-commands.ts';
import { bringUpToDate } from './live-overlay.ts';
import { groupPositions, positionView } from './position-view.ts';

/** Open positions: the server's snapshot, kept current by the stream. Provided per page. */
@Injectable()
export class PositionsStore {
  readonly #live = inject(LiveStore);
  readonly #clock = inject(ServerClock);
  readonly #commands = inject(CloseCommands);
  readonly #snapshot = read('/positions', () => ({ query: { state: 'open', limit: 200 } }));
  readonly hasAnswer = computed(() => this.#snapshot.value() !== undefined);
  readonly problem = this.#snapshot.problem;
  readonly arrivedAt = this.#snapshot.arrivedAt;
  readonly external = computed(() => this.#snapshot.value()?.external ?? []);
  readonly #open = computed(() => {
    const snapshot = this.#snapshot.value();
    if (snapshot === undefined) return [];
    const items = bringUpToDate(snapshot.items, snapshot.as_of_seq, this.#live.positions(), this.#live.closed());
    return items.map((item) => positionView(item, this.#clock.now()));
  });
  /** Open ones, and those closed by hand from this tab until the reader is done with them. */
  readonly groups = computed(() => {
    const open = this.#open();
    const ids = new Set(open.map((each) => each.id));
    const closed = [...this.#commands.walks().values()]
      .map((walk) => walk.position)
      .filter((each) => !ids.has(each.id))
      .map((each) => ({ ...each, isGone: true }));
    return groupPositions([...open, ...closed], this.#snapshot.value()?.groups ?? []);
  });
  readonly openGroups = computed(() => groupPositions(this.#open(), this.#snapshot.value()?.groups ?? []));
  readonly open = this.#open;

  constructor() {
    reloadAtMostEachSecond(
      computed(() => this.#live.revision() + this.#commands.ended()),
      this.#snapshot,
    );
    reloadWhileWatched(
      computed(() => this.#open().length > 0 && !this.#snapshot.isLoading()),
      this.#snapshot,
    );
    // A close that another tab or an earlier visit began is followed here too.
    effect(() => {
      for (const position of this.#open()) {
        const command = position.closeCommandId;
        if (command !== null) untracked(() => void this.#commands.follow(command, [position]));
      }
    });
  }

  reload(): void {
    this.#snapshot.reload();
  }
}
