import type { Broker } from '@bellwether/ports';
import type { WallClock } from '../feed/pace.ts';
import type { Untimed } from './account-binding.ts';
import { causeOf } from './account-commands.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Turns a broker's stream into facts, and begins it again when it ends.
 *
 * Invariant: whatever ended it, `lost` is told before the next `connected`; each of these starts a reconciliation.
 */
export async function followStream(
  broker: Broker,
  clock: WallClock,
  tell: (fact: Untimed) => void,
  signal: AbortSignal,
): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    let cause = 'the stream ended';
    const stream = broker.events()[Symbol.asyncIterator]();
    // A reader that waits does not hear of the abort by itself.
    const leave = () => void stream.return?.().catch(() => undefined);
    signal.addEventListener('abort', leave, { once: true });
    try {
      for (;;) {
        const next = await stream.next();
        if (next.done === true || signal.aborted) break;
        const event = next.value;
        if (event.kind === 'connected') {
          pause = FIRST_PAUSE_MS;
          tell({ fact: 'link', state: 'connected', cause: null });
        } else if (event.kind === 'disconnected') tell({ fact: 'link', state: 'lost', cause: event.cause });
        else tell({ fact: 'order_seen', order: event.order, fill: event.fill });
      }
    } catch (error) {
      cause = causeOf(error);
    }
    signal.removeEventListener('abort', leave);
    if (signal.aborted) return;
    tell({ fact: 'link', state: 'lost', cause });
    await clock.waitUntil(clock.now() + pause, signal);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
  }
}
