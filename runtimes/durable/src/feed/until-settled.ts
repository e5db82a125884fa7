import { BellwetherError, type EpochMs } from '@bellwether/domain';
import type { AccountPlace } from './account-place.ts';
import type { WallClock } from './pace.ts';

export interface SettleSettings {
  readonly place: AccountPlace;
  readonly clock: WallClock;
  readonly signal: AbortSignal;
  /** Keeps the session's lease while it waits. Returns false when it is lost. */
  readonly renew: () => Promise<boolean>;
  /** Told when the wait becomes noticeable, and with null when it is over. */
  readonly waitsSince: (since: EpochMs | null) => Promise<void>;
}

/** First looks follow quickly: a broker beside us answers within milliseconds. */
const QUICK_LOOKS = 40;
const QUICK_MS = 5;
const SLOW_MS = 100;
/** From here on the wait is shown. */
const NOTICED_MS = 3_000;
const RENEW_MS = 1_500;
/** After this the session is let go, and tried again later: it never hangs. */
const LONGEST_MS = 120_000;

/**
 * Waits until the account has heard everything and is quiet, and hears its events. Throws a retryable `broker/unreachable` after two minutes
 * in which it was not.
 */
export async function untilSettled(settings: SettleSettings): Promise<'settled' | 'lost' | 'left'> {
  const { place, clock, signal, renew, waitsSince } = settings;
  const { link, desk } = place;
  const since = clock.now();
  let renewedAt = since;
  let isNoticed = false;
  for (let looks = 0; ; looks++) {
    const { events, isSettled, snapshot } = await link.look(desk.seq);
    for (const { seq, event } of events) desk.take(seq, event);
    if (snapshot !== null) desk.takeSnapshot(snapshot);
    if (isSettled && desk.knowsAccount) {
      if (isNoticed) await waitsSince(null);
      return 'settled';
    }
    if (signal.aborted) return 'left';
    const now = clock.now();
    if (now - renewedAt >= RENEW_MS) {
      if (!(await renew())) return 'lost';
      renewedAt = now;
      link.nudge();
    }
    if (!isNoticed && now - since >= NOTICED_MS) {
      isNoticed = true;
      await waitsSince(since);
    }
    if (now - since >= LONGEST_MS)
      throw new BellwetherError(
        'retryable',
        'broker/unreachable',
        `expected account ${link.account.id} (${link.account.label}) to become quiet within ${LONGEST_MS / 1_000} s, it is still waiting for its broker; what is open stays protected there, the session goes on when the broker answers`,
        { accountId: link.account.id },
      );
    await clock.waitUntil(now + (looks < QUICK_LOOKS ? QUICK_MS : SLOW_MS), signal);
  }
}
