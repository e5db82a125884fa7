import type { OrderRequest } from '@bellwether/domain';
import {
  type ApprovedOrder,
  BROKER_PROFILES,
  type Broker,
  type BrokerAccount,
  type BrokerEvent,
  type BrokerFill,
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
  scope: 'order',
};

/** The binding of validation: refuses every order after journaling it, and never holds anything. */
export class RefusingBroker implements Broker {
  readonly capabilities = BROKER_PROFILES.alpaca;
  readonly #options: RefusingBrokerOptions;

  constructor(options: RefusingBrokerOptions) {
    this.#options = options;
  }

  async submit(order: ApprovedOrder): Promise<SubmitOutcome> {
    await this.#options.journal({ order, at: this.#options.clock.now() });
    return REFUSED;
  }
  async replace(): Promise<SubmitOutcome> {
    return REFUSED;
  }
  async find(): Promise<BrokerOrder | undefined> {
    return undefined;
  }
  async findById(): Promise<BrokerOrder | undefined> {
    return undefined;
  }
  async cancel(): Promise<'unknown'> {
    return 'unknown';
  }
  async orders(): Promise<readonly BrokerOrder[]> {
    return [];
  }
  async fills(): Promise<readonly BrokerFill[]> {
    return [];
  }
  async positions(): Promise<readonly BrokerPosition[]> {
    return [];
  }
  async account(): Promise<BrokerAccount> {
    return this.#options.account;
  }

  /** A stream on which nothing happens but its beginning until its reader leaves: one that ended at once would be opened again and again. */
  events(): AsyncIterable<BrokerEvent> {
    const { clock } = this.#options;
    return {
      [Symbol.asyncIterator]() {
        const left = Promise.withResolvers<IteratorResult<BrokerEvent>>();
        let begun = false;
        return {
          next() {
            if (begun) return left.promise;
            begun = true;
            return Promise.resolve({ done: false, value: { kind: 'connected', at: clock.now() } });
          },
          async return() {
            left.resolve({ done: true, value: undefined });
            return left.promise;
          },
        };
      },
    };
  }
}
