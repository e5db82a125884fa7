import { computed, DestroyRef, Injectable, inject, signal } from '@angular/core';
import { newIdempotencyKey } from '../../api/send.ts';
import type { KillSwitch } from '../../api/wire.ts';
import { PLAIN_REQUEST } from './plain-request.ts';
import { type StopScope, type StopWork, stateFrom, switchFrom, workOf } from './stop-words.ts';
import { TradingLatch } from './trading-latch.ts';

export type StopPhase = 'asking' | 'requested' | 'confirmed' | 'not_confirmed' | 'refused';

/** Seconds between tries while nothing confirms; the last goes on. */
const TRY_AGAIN_MS = [500, 1000, 2000, 4000, 8000] as const;
const LOOK_EVERY_MS = 1000;
/** After this the list of working entries speaks for itself, on the positions screen. */
const LOOKS = 30;

/**
 * One stop, from the press of the button to the server's confirmations.
 *
 * Invariants
 * 1. Every try of one stop carries the same idempotency key.
 * 2. `confirmed` only after the server said that the switch is engaged.
 * 3. Needs neither the live store nor the stream.
 */
@Injectable()
export class StopFlow {
  readonly #ask = inject(PLAIN_REQUEST);
  readonly #latch = inject(TradingLatch);
  readonly #phase = signal<StopPhase>('asking');
  readonly #tries = signal(0);
  readonly #failure = signal('');
  readonly #engaged = signal<KillSwitch | undefined>(undefined);
  readonly #work = signal<StopWork | undefined>(undefined);
  #key = '';
  #scope: StopScope = { scope: 'user', id: null };
  /** A stop that was left does not go on speaking. */
  #round = 0;
  #looks = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly phase = this.#phase.asReadonly();
  readonly tries = this.#tries.asReadonly();
  readonly failure = this.#failure.asReadonly();
  readonly engaged = this.#engaged.asReadonly();
  /** What the server says there is to stop; undefined while it has not said. */
  readonly work = this.#work.asReadonly();
  readonly isSettled = computed(() => {
    const progress = this.#engaged()?.progress;
    return progress !== undefined && progress.entries_canceled >= progress.entries_total;
  });

  constructor() {
    inject(DestroyRef).onDestroy(() => this.leave());
  }

  /** The dialog opened: what would a stop of this scope do? */
  async look(scope: StopScope): Promise<void> {
    if (this.#phase() !== 'asking') return;
    const look = ++this.#looks;
    this.#work.set(undefined);
    const work = await this.#readWork(scope);
    if (look === this.#looks && this.#phase() === 'asking') this.#work.set(work);
  }

  begin(): void {
    this.leave();
    this.#key = newIdempotencyKey();
    this.#phase.set('asking');
    this.#tries.set(0);
    this.#failure.set('');
    this.#engaged.set(undefined);
    this.#work.set(undefined);
  }

  async stop(scope: StopScope): Promise<void> {
    if (this.#phase() === 'requested' || this.#phase() === 'confirmed') return;
    this.#scope = scope;
    this.#phase.set('requested');
    await this.#try(++this.#round);
  }

  /** Does not wait for the next try. */
  async tryNow(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#try(++this.#round);
  }

  /** Ends the tries and the watching. What was already sent may still take effect, so the latch is asked for. */
  leave(): void {
    this.#round += 1;
    this.#looks += 1;
    clearTimeout(this.#timer);
    if (this.#phase() === 'requested' || this.#phase() === 'not_confirmed') void this.#latch.reload();
  }

  async #try(round: number): Promise<void> {
    const { scope, id } = this.#scope;
    this.#tries.update((tries) => tries + 1);
    const body = { scope, ...(id === null ? {} : { scope_id: id }), flatten: false, reason: 'stopped by hand' };
    const answer = await this.#ask('POST', '/safety/kill-switch', body, this.#key);
    if (round !== this.#round) return;
    const engaged = answer.kind === 'answered' ? switchFrom(answer.body) : undefined;
    if (engaged !== undefined) {
      this.#engaged.set(engaged);
      this.#phase.set('confirmed');
      void this.#latch.reload();
      this.#watch(round, LOOKS);
    } else if (answer.kind === 'refused') {
      this.#failure.set(answer.text);
      this.#phase.set('refused');
    } else {
      this.#failure.set(
        answer.kind === 'unanswered' ? answer.text : 'The answer of the server says nothing about a stop',
      );
      this.#phase.set('not_confirmed');
      const wait = TRY_AGAIN_MS[Math.min(this.#tries() - 1, TRY_AGAIN_MS.length - 1)] ?? 8000;
      this.#later(wait, () => this.#try(round));
    }
  }

  /** Follows the entries down to none. */
  #watch(round: number, looks: number): void {
    if (this.isSettled() || looks === 0) return;
    this.#later(LOOK_EVERY_MS, async () => {
      const answer = await this.#ask('GET', '/safety/kill-switch');
      if (round !== this.#round) return;
      const state = answer.kind === 'answered' ? stateFrom(answer.body) : undefined;
      const now = state?.engaged.find((each) => each.id === this.#engaged()?.id);
      if (now !== undefined) this.#engaged.set(now);
      this.#watch(round, looks - 1);
    });
  }

  async #readWork(scope: StopScope): Promise<StopWork | undefined> {
    if (scope.scope !== 'user') {
      const answer = await this.#ask('GET', '/orders?status=open&limit=200');
      return answer.kind === 'answered' ? workOf(answer.body, scope) : undefined;
    }
    const answer = await this.#ask('GET', '/safety/kill-switch');
    const work = answer.kind === 'answered' ? stateFrom(answer.body)?.work : undefined;
    return work === undefined
      ? undefined
      : { entries: work.entries_total - work.entries_canceled, protective: work.protective_orders };
  }

  #later(ms: number, act: () => void | Promise<void>): void {
    this.#timer = setTimeout(() => void act(), ms);
  }
}
