import { type EpochMs, formatInstant } from '@bellwether/domain';

/** A request that changes something, as it came in and as it was answered. */
export interface PostLine {
  /** Wall clock at which it came in. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly client_order_id: string | null;
  readonly symbol: string | null;
  readonly side: string | null;
  /** Such as `accepted`, `refused 40310000`, `accepted, answered 504`, `accepted, reply dropped`. */
  readonly outcome: string;
}

export class PostLog {
  readonly lines: PostLine[] = [];

  add(at: EpochMs, method: string, path: string, body: unknown, outcome: string): void {
    const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
    const text = (name: string) => (typeof fields[name] === 'string' ? (fields[name] as string) : null);
    this.lines.push({
      at: formatInstant(at),
      method,
      path,
      client_order_id: text('client_order_id'),
      symbol: text('symbol'),
      side: text('side'),
      outcome,
    });
  }
}
