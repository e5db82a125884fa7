import type { Fill, OrderRequest } from '@bellwether/domain';
import {
  BROKER_PROFILES,
  type Broker,
  type BrokerAccount,
  type BrokerEvent,
  type BrokerOrder,
  type BrokerPosition,
  type Clock,
  type SubmitOutcome,
} from '@bellwether/ports';

/** An order that would have been sent, exactly as it would have been. */
export interface RefusedOrder {
  readonly order: OrderRequest;
  readonly at: Temporal.Instant;
}

export interface RefusingBrokerOptions {
  readonly clock: Clock;
  /** The account that the gate sizes against; nothing ever changes it. */
  readonly account: BrokerAccount;
  /** Keeps the exact order; the answer waits for it. */
  journal(refused: RefusedOrder): Promise<void>;
}

const REFUSED: SubmitOutcome = {
  kind: 'refused',
  code: 'validation_mode',
  text: 'validation sends nothing: switch the pipeline to simulation to see orders fill',
};

/** The binding of validation: refuses every order after journaling it, and never holds anything. */
export class RefusingBroker implements Broker {
  readonly capabilities = BROKER_PROFILES.alpaca;
  readonly #options: RefusingBrokerOptions;

  constructor(options: RefusingBrokerOptions) {
    this.#options = options;
  }

  async submit(order: OrderRequest): Promise<SubmitOutcome> {
    await this.#options.journal({ order, at: this.#options.clock.now() });
    return REFUSED;
  }
  async replace(): Promise<SubmitOutcome> {
    return REFUSED;
  }
  async find(): Promise<BrokerOrder | undefined> {
    return undefined;
  }
  async cancel(): Promise<'unknown'> {
    return 'unknown';
  }
  async orders(): Promise<readonly BrokerOrder[]> {
    return [];
  }
  async fills(): Promise<readonly Fill[]> {
    return [];
  }
  async positions(): Promise<readonly BrokerPosition[]> {
    return [];
  }
  async account(): Promise<BrokerAccount> {
    return this.#options.account;
  }

  /** A stream on which nothing happens until its reader leaves: one that ended at once would be opened again and again. */
  events(): AsyncIterable<BrokerEvent> {
    return {
      [Symbol.asyncIterator]() {
        const left = Promise.withResolvers<IteratorResult<BrokerEvent>>();
        return {
          next: () => left.promise,
          async return() {
            left.resolve({ done: true, value: undefined });
            return left.promise;
          },
        };
      },
    };
  }
}
