import { type EpochMs, MINUTE_MS } from '@bellwether/domain';
import type { AccountEffects, AccountMachine, AccountMemory, AccountPosition, KeptAccount } from '@bellwether/kernel';

const WATCH_MS = MINUTE_MS;

/** What a database would keep of an account: copies, written at each commit and read after a crash. */
export class KeptRows {
  memory: AccountMemory | null = null;
  readonly #positions = new Map<string, AccountPosition>();
  /** Keys of proposals and requests that a commit has heard. */
  readonly heard = new Set<string>();
  readonly fillIds = new Set<string>();
  commits = 0;

  /** One transaction: the changed positions, the memory, the fills, what was heard. Returns a fill id that it already had. */
  commit(effects: AccountEffects, machine: AccountMachine): string | null {
    let twice: string | null = null;
    for (const position of effects.positions) this.#positions.set(position.positionId, copyOf(position));
    this.memory = copyOf(machine.saveMemory());
    for (const { key } of effects.heard) this.heard.add(key);
    for (const { fillId } of effects.fills) {
      if (this.fillIds.has(fillId)) twice = fillId;
      this.fillIds.add(fillId);
    }
    this.commits += 1;
    return twice;
  }

  /** What another process reads: open positions, and those that closed a moment ago. */
  read(now: EpochMs): KeptAccount | undefined {
    if (this.memory === null) return undefined;
    const positions = [...this.#positions.values()].filter(
      ({ status, closedAt }) => status !== 'closed' || now - (closedAt ?? 0) < WATCH_MS,
    );
    return { memory: copyOf(this.memory), positions: positions.map(copyOf) };
  }

  *positions(): Iterable<AccountPosition> {
    yield* this.#positions.values();
  }
}

/** Copies plain data with bigints, maps and sets in it: several times as fast as a structured clone. */
export function copyOf<T>(value: T): T {
  return copyAny(value) as T;
}

function copyAny(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyAny);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, copyAny(item)]));
  if (value instanceof Set) return new Set(value);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) copy[key] = copyAny((value as Record<string, unknown>)[key]);
  return copy;
}
