import { createHash } from 'node:crypto';
import type { EpochMs } from '@bellwether/domain';

/** An instant with the fraction that tells two events of one millisecond apart. */
export interface Stamp {
  readonly ms: EpochMs;
  /** 0–999,999 within the millisecond. */
  readonly nanos: number;
}

export function stampText({ ms, nanos }: Stamp): string {
  return `${new Date(ms).toISOString().slice(0, -1)}${String(nanos).padStart(6, '0')}Z`;
}

export function stampNanos({ ms, nanos }: Stamp): bigint {
  return BigInt(ms) * 1_000_000n + BigInt(nanos);
}

/** Hands out stamps that differ: the broker's lists are paged by instant, so no two orders or fills share one. */
export class StampSource {
  #handedOut = 0;

  next(ms: EpochMs): Stamp {
    this.#handedOut += 1;
    return { ms, nanos: this.#handedOut % 1_000_000 };
  }
}

/** Returns the same id for the same text, spelled as a random UUID. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
