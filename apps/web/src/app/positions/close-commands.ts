import { Injectable, inject, signal } from '@angular/core';
import { type Problem, toProblem } from '../api/problem.ts';
import { ReadOnce } from '../api/read.ts';
import { newIdempotencyKey, Send } from '../api/send.ts';
import type { CloseCommand, CloseOutcome } from '../api/wire.ts';
import type { PositionView } from './position-view.ts';

/** How far a close has come, and nothing that the server has not said. */
export interface CloseWalk {
  readonly position: PositionView;
  /** `requested` until the server has taken it. */
  readonly step: 'requested' | 'refused' | CloseOutcome['step'];
  readonly outcome: CloseOutcome | undefined;
  readonly problem: Problem | undefined;
  readonly key: string;
}

const LOOK_EVERY_MS = 1000;
const REASON = 'Closed by hand';
const REASON_ALL = 'All closed by hand';

/** A simulation that does not play has nobody who could fill an order. */
const NOT_TAKEN: Problem = {
  status: 409,
  code: 'position/not-taken',
  sentence: 'Not closed: nobody trades this position now.',
  detail: 'Its simulation is not running.',
  instance: '',
};

/** The closes that were asked for in this tab; they are followed wherever the reader goes meanwhile. */
@Injectable({ providedIn: 'root' })
export class CloseCommands {
  readonly #send = inject(Send);
  readonly #read = inject(ReadOnce);
  readonly #walks = signal<ReadonlyMap<string, CloseWalk>>(new Map());
  readonly #all = signal<
    { readonly ids: readonly string[]; readonly problem: Problem | undefined; readonly key: string } | undefined
  >(undefined);
  readonly #ended = signal(0);
  readonly #followed = new Set<string>();
  /** By position id. */
  readonly walks = this.#walks.asReadonly();
  readonly all = this.#all.asReadonly();
  /** Rises with every command that came to its end: what is held has changed then. */
  readonly ended = this.#ended.asReadonly();

  async closeOne(position: PositionView, key: string): Promise<void> {
    this.#set({ position, step: 'requested', outcome: undefined, problem: undefined, key });
    try {
      const taken = await this.#send.send(
        'POST /positions/{position}/close',
        { reason: REASON },
        { path: { position: position.id }, idempotencyKey: key },
      );
      await this.follow(taken.command_id, [position]);
    } catch (error) {
      this.#set({ position, step: 'refused', outcome: undefined, problem: toProblem(error), key });
    }
  }

  /** Sends a refused or failed close again: a request that may have arrived under its old key, a failed one as a new act. */
  retry(positionId: string): void {
    const walk = this.#walks().get(positionId);
    if (walk === undefined) return;
    void this.closeOne(walk.position, walk.step === 'refused' ? walk.key : newIdempotencyKey());
  }

  async closeAll(positions: readonly PositionView[], key: string): Promise<void> {
    const ids = positions.map((each) => each.id);
    this.#all.set({ ids, problem: undefined, key });
    for (const position of positions)
      this.#set({ position, step: 'requested', outcome: undefined, problem: undefined, key });
    try {
      const taken = await this.#send.send(
        'POST /positions/close-all',
        { confirm: 'close all', reason: REASON_ALL },
        { idempotencyKey: key },
      );
      const left = positions.filter((each) => !taken.positions.includes(each.id));
      for (const position of left)
        this.#set({ position, step: 'refused', outcome: undefined, problem: NOT_TAKEN, key });
      await this.follow(taken.command_id, positions);
    } catch (error) {
      const problem = toProblem(error);
      this.#all.set({ ids, problem, key });
      for (const position of positions) this.#set({ position, step: 'refused', outcome: undefined, problem, key });
    }
  }

  retryAll(): void {
    const all = this.#all();
    if (all === undefined) return;
    const positions = all.ids
      .map((id) => this.#walks().get(id))
      .filter((walk) => walk !== undefined)
      .filter((walk) => !isClosed(walk))
      .map((walk) => walk.position);
    void this.closeAll(positions, all.problem === undefined ? newIdempotencyKey() : all.key);
  }

  dismissAll(): void {
    const ids = new Set(this.#all()?.ids);
    this.#all.set(undefined);
    this.#walks.update((walks) => new Map([...walks].filter(([id, walk]) => !ids.has(id) || !isOver(walk))));
  }

  dismiss(positionId: string): void {
    this.#walks.update((walks) => new Map([...walks].filter(([id]) => id !== positionId)));
  }

  /** Follows a command to its end; one that another tab or an earlier visit began, too. A server that does not answer is asked again. */
  async follow(commandId: string, positions: readonly PositionView[]): Promise<void> {
    if (this.#followed.has(commandId)) return;
    this.#followed.add(commandId);
    for (;;) {
      const command = await this.#readCommand(commandId);
      if (command === 'gone') break;
      if (command !== undefined) this.#take(command, positions);
      if (command?.is_done) break;
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    }
    this.#followed.delete(commandId);
    this.#ended.update((count) => count + 1);
  }

  async #readCommand(id: string): Promise<CloseCommand | 'gone' | undefined> {
    try {
      return await this.#read.get('/positions/commands/{id}', { path: { id } });
    } catch (error) {
      const { status } = toProblem(error);
      return status === 401 || status === 404 ? 'gone' : undefined;
    }
  }

  #take(command: CloseCommand, positions: readonly PositionView[]): void {
    for (const outcome of command.positions) {
      const known = this.#walks().get(outcome.position_id);
      const position = known?.position ?? positions.find((each) => each.id === outcome.position_id);
      if (position === undefined) continue;
      this.#set({ position, step: outcome.step, outcome, problem: undefined, key: known?.key ?? newIdempotencyKey() });
    }
  }

  #set(walk: CloseWalk): void {
    this.#walks.update((walks) => new Map(walks).set(walk.position.id, walk));
  }
}

export function isOver(walk: CloseWalk): boolean {
  return walk.step === 'ended' || walk.step === 'refused';
}

function isClosed({ step, outcome }: CloseWalk): boolean {
  return step === 'ended' && (outcome?.outcome === 'closed' || outcome?.outcome === 'nothing_to_close');
}
