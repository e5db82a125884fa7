import { setTimeout as wait } from 'node:timers/promises';
import type { PaperAccount } from './paper-account.ts';

const EVERY_MS = 30;

/** Asks the API for something that it has to write, again and again, and remembers to what it said yes. */
export class Acknowledged {
  readonly #account: PaperAccount;
  readonly #taken: string[] = [];
  readonly #stop = new AbortController();
  readonly #asking: Promise<void>;
  readonly odd: string[] = [];
  unavailable = 0;

  constructor(account: PaperAccount) {
    this.#account = account;
    this.#asking = this.#ask();
  }

  get count(): number {
    return this.#taken.length;
  }

  /** Ends the asking. Returns what was said yes to and is not in the record. */
  async lost(): Promise<readonly string[]> {
    this.#stop.abort();
    await this.#asking;
    const { rows } = await this.#account.query<{ name: string }>(
      "SELECT reason AS name FROM engine.manual_interventions WHERE user_id = $1 AND kind = 'close_all'",
      [this.#account.userId],
    );
    const kept = new Set(rows.map(({ name }) => name));
    return this.#taken.filter((name) => !kept.has(name)).map((name) => `${name} was acknowledged and is lost`);
  }

  async #ask(): Promise<void> {
    for (let i = 1; !this.#stop.signal.aborted; i++) {
      const name = `click ${i}`;
      const { status } = await this.#account.ask('POST', '/positions/close-all', {
        confirm: 'close all',
        reason: name,
      });
      if (status === 202) this.#taken.push(name);
      else if (status === 503) this.unavailable += 1;
      else this.odd.push(`${name} was answered ${status}`);
      await wait(EVERY_MS);
    }
  }
}
