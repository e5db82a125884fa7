import { BellwetherError } from '@bellwether/domain';
import type { AccountSettings } from './account-settings.ts';
import type { FaultSettings } from './faults.ts';
import type { WireMarketStep } from './market-step.ts';
import type { PostLine } from './post-log.ts';
import type { NakedShareSeconds } from './truth.ts';

export type { AccountSettings } from './account-settings.ts';
export type { FaultSettings } from './faults.ts';
export type { WireMarketStep } from './market-step.ts';

/** An order with every fill, in the broker's words. */
export interface TrueOrder {
  readonly id: string;
  readonly client_order_id: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly type: string;
  readonly order_class: string;
  readonly qty: string;
  readonly filled_qty: string;
  readonly status: string;
  readonly is_external: boolean;
  readonly group_id: string;
  readonly fills: readonly {
    readonly execution_id: string;
    readonly qty: string;
    readonly price: string;
    readonly at: string;
    readonly commission: string;
  }[];
}

export interface SandboxTruth {
  readonly orders: readonly TrueOrder[];
  readonly positions: readonly { readonly symbol: string; readonly qty: string; readonly avg_entry_price: string }[];
  readonly posts: readonly PostLine[];
  readonly naked_share_seconds_by_symbol: Readonly<Record<string, NakedShareSeconds>>;
  readonly stream_seq: number;
}

export interface MarketAnswer {
  /** Order events that the steps caused. */
  readonly events: number;
  /** Events that the account has told so far. */
  readonly stream_seq: number;
}

export interface ExternalOrder {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly type?: 'market' | 'limit';
  readonly limit_price?: string;
}

/** Drives the account of one key in a sandbox over HTTP. Throws a retryable `broker/unreachable`, or what the sandbox refuses. */
export class SandboxControl {
  readonly #url: string;
  readonly #keyId: string;

  constructor({ url, keyId }: { readonly url: string; readonly keyId: string }) {
    this.#url = url;
    this.#keyId = keyId;
  }

  /** Opens the account before its first use. Throws `conflict` when it has already traded. */
  async openAccount(settings: AccountSettings = {}): Promise<void> {
    await this.#ask('POST', 'accounts', settings);
  }

  /** Plays steps; with the same key again nothing changes and the answer is the same. */
  async market(steps: readonly WireMarketStep[], stepKey?: string): Promise<MarketAnswer> {
    const body = stepKey === undefined ? { steps } : { steps, step_key: stepKey };
    return (await this.#ask('POST', 'market', body)) as MarketAnswer;
  }

  async faults(settings: FaultSettings): Promise<void> {
    await this.#ask('POST', 'faults', settings);
  }

  /** The user trades by hand. Returns the order. Throws what the broker refuses. */
  async external(order: ExternalOrder): Promise<Pick<TrueOrder, 'id' | 'client_order_id' | 'status'>> {
    return (await this.#ask('POST', 'external', order)) as TrueOrder;
  }

  /** The user pays money in, or draws it out when the amount is negative. */
  async transfer(amount: string): Promise<void> {
    await this.#ask('POST', 'transfer', { amount });
  }

  async truth(): Promise<SandboxTruth> {
    return (await this.#ask('GET', 'truth')) as SandboxTruth;
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const where = `${this.#url}/sandbox/${path}`;
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(where, {
        method,
        headers: { 'apca-api-key-id': this.#keyId, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      answer = await response.json();
    } catch (error) {
      const text = `expected a sandbox at ${this.#url}, no answer came; start it with "bellwether sandbox"`;
      throw new BellwetherError('retryable', 'broker/unreachable', text, {}, error);
    }
    if (response.ok) return answer;
    const message = String((answer as { message?: unknown } | null)?.message ?? response.statusText);
    const kind = response.status === 409 ? 'conflict' : 'invalid';
    throw new BellwetherError(kind, 'sandbox/bad-market', `the sandbox refused ${path}: ${message}`);
  }
}
