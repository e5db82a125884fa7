import type { WallClock } from '../feed/pace.ts';
import type { AccountBinding } from './account-binding.ts';
import { causeOf } from './account-commands.ts';
import { LeaseLost } from './account-writer.ts';

/** The broker behind an account did not open, for whatever reason: the account is tried again. */
export class BrokerNotOpened extends Error {}

const RENEW_MS = 1_500;

export interface Opening {
  readonly open: () => Promise<AccountBinding>;
  /** Renews the lease. Returns false when it is somebody else's by now. */
  readonly renew: () => Promise<boolean>;
  /** Called while it takes long. */
  readonly waiting: () => Promise<void>;
  readonly clock: WallClock;
  readonly log: (line: string) => void;
  /** Aborted, nobody waits for the broker any more. */
  readonly signal: AbortSignal;
}

/**
 * Opens a binding, and keeps the lease meanwhile: a broker may take longer to answer than a lease lasts. Throws `BrokerNotOpened`, or
 * `LeaseLost`. A binding that comes up after that is closed again.
 */
export async function openBinding({ open, renew, waiting, clock, log, signal }: Opening): Promise<AccountBinding> {
  const over = new AbortController();
  const leave = () => over.abort();
  signal.addEventListener('abort', leave, { once: true });
  const opened = Promise.resolve()
    .then(open)
    .catch((error: unknown) => {
      throw new BrokerNotOpened(causeOf(error), { cause: error });
    });
  const kept = (async (): Promise<never> => {
    for (;;) {
      await clock.waitUntil(clock.now() + RENEW_MS, over.signal);
      if (over.signal.aborted) throw new BrokerNotOpened('its worker stops');
      try {
        if (!(await renew())) throw new LeaseLost('somebody else holds it');
        await waiting();
      } catch (error) {
        if (error instanceof LeaseLost) throw error;
        log(`a lease could not be renewed while its broker opens: ${causeOf(error)}`);
      }
    }
  })();
  try {
    return await Promise.race([opened, kept]);
  } catch (error) {
    // Late, it is nobody's.
    void opened.then((binding) => binding.close?.()).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', leave);
    kept.catch(() => undefined);
    over.abort();
  }
}
