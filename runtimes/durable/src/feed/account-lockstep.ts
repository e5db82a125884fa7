import type { EpochMs } from '@bellwether/domain';
import type { PipelineSession } from '@bellwether/kernel';
import type { GroupCommit } from '../engine/group-commit.ts';
import type { PipelinePatch } from '../engine/write.ts';
import type { AccountPlace } from './account-place.ts';
import { newsRow } from './desk-news.ts';
import type { WallClock } from './pace.ts';
import type { HeldSession, SessionStore } from './session-store.ts';
import type { TapeStep } from './tape-cursor.ts';
import { untilSettled } from './until-settled.ts';

export interface LockstepSettings {
  readonly place: AccountPlace;
  readonly session: PipelineSession;
  readonly held: HeldSession;
  readonly clock: WallClock;
  readonly store: SessionStore;
  readonly commits: Pick<GroupCommit, 'write'>;
  readonly signal: () => AbortSignal;
  /** Writes down what has been caused, and hears what becomes of it. Returns false when the lease is lost. */
  readonly commit: () => Promise<boolean>;
  readonly shown: () => PipelinePatch;
}

/** A broker that has not closed everything after so many trades at the last price will not. */
const MOST_CLOSING_ROUNDS = 4;

/** The steps of a tape that a broker account is traded on: the broker sees each first, the session when the account is quiet. Answers of false mean that the lease is lost, or the worker stops. */
export class AccountLockstep {
  readonly #settings: LockstepSettings;
  #waitsSince: EpochMs | null = null;

  constructor(settings: LockstepSettings) {
    this.#settings = settings;
  }

  /** Since when, on the wall, the broker keeps the session waiting; null when it does not. */
  get waitsSince(): EpochMs | null {
    return this.#waitsSince;
  }

  /** The session begins, or goes on: somebody is to look after the account, and has said what it is worth. */
  async begin(at: EpochMs): Promise<boolean> {
    await this.#settings.place.hello(at, this.#settings.held.fence);
    return this.settle();
  }

  /** Shows a step to the broker, and hears what came of it. */
  async show(step: TapeStep): Promise<boolean> {
    const { place, session, commit } = this.#settings;
    // What time alone brings (a flatten, a window's end) reaches the broker before the bar that opens then.
    if (step.kind === 'open') {
      session.advanceTo(step.at);
      place.advanced(step.at);
      if (place.hasRequests && !(await commit())) return false;
    }
    return !(await place.show(step)) || this.settle();
  }

  /** Waits until the account has answered all that it was asked. */
  async settle(): Promise<boolean> {
    const { place, clock, store, held, signal } = this.#settings;
    const outcome = await untilSettled({
      place,
      clock,
      signal: signal(),
      renew: () => store.renew(held.id, held.fence),
      waitsSince: (since) => this.#showWait(since),
    });
    return outcome === 'settled';
  }

  /** Closes everything at the tape's last prices. A close at a broker takes its steps: exits are taken down, then the rest is sold when the market trades once more. */
  async closeAll(): Promise<boolean> {
    const { place, session, commit } = this.#settings;
    for (let round = 0; round < MOST_CLOSING_ROUNDS; round++) {
      const held = [...session.desk.openPositions()];
      for (const { symbol } of held) session.desk.requestClose(symbol, 'tape_end', session.now);
      if (!(await commit())) return false;
      if (!place.desk.isLive) return true;
      for (const { symbol } of held) await place.showLast(symbol, session.view(symbol).lastClose);
      if (!(await this.settle())) return false;
      place.desk.tell();
    }
    return true;
  }

  /** Says on the pipeline itself that its broker keeps it waiting; null once it does not. */
  async #showWait(since: EpochMs | null): Promise<void> {
    const { commits, held, clock, session, shown } = this.#settings;
    this.#waitsSince = since;
    const about = { pipelineId: held.pipelineId, recordedAt: () => clock.now() };
    const news = newsRow('pipeline_updated', null, session.now, {}, about);
    await commits.write({ userId: held.userId, journal: [], events: [news], pipeline: shown() });
  }
}
