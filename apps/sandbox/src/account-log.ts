import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccountOrigin } from './account-changes.ts';
import type { AccountOperation } from './account-operations.ts';
import type { AccountSettings } from './account-settings.ts';
import { badMarket } from './sandbox-failure.ts';

/** The first line of an account's log. */
export interface AccountOpening {
  readonly kind: 'open';
  readonly origin: AccountOrigin;
  readonly settings: AccountSettings;
}

/** One file per account, one line per operation; what was done is the state. */
export class AccountLog {
  readonly #folder: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
  }

  keys(): readonly string[] {
    return readdirSync(this.#folder).flatMap((name) =>
      name.endsWith('.jsonl') ? [decodeURIComponent(name.slice(0, -6))] : [],
    );
  }

  /** Begins the account's log anew. */
  open(keyId: string, opening: AccountOpening): void {
    writeFileSync(this.#path(keyId), `${JSON.stringify(opening)}\n`);
  }

  append(keyId: string, operation: AccountOperation): void {
    appendFileSync(this.#path(keyId), `${JSON.stringify(operation)}\n`);
  }

  /** Returns what was written; a last line that was cut off by a crash never happened. */
  read(keyId: string): { readonly opening: AccountOpening; readonly operations: readonly AccountOperation[] } {
    const path = this.#path(keyId);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const lines = text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .slice(0, -1);
    const [opening, ...operations] = lines.map((line) => JSON.parse(line) as AccountOpening | AccountOperation);
    if (opening?.kind !== 'open')
      throw badMarket(`expected ${path} to begin with the account's opening; remove the file`);
    if (text !== '' && !text.endsWith('\n')) writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
    return { opening, operations: operations as AccountOperation[] };
  }

  #path(keyId: string): string {
    return join(this.#folder, `${encodeURIComponent(keyId)}.jsonl`);
  }
}
