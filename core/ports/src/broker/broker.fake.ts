import { BellwetherError, type EpochMs, type OrderRequest, type Price } from '@bellwether/domain';
import type {
  ApprovedOrder,
  Broker,
  BrokerAccount,
  BrokerEvent,
  BrokerFill,
  BrokerOrder,
  BrokerOrderId,
  BrokerPosition,
  CancelOutcome,
  OrderQuery,
  SubmitOutcome,
} from './broker.ts';
import { BROKER_PROFILES } from './capabilities.ts';
import type { FakeBrokerage } from './fake-brokerage.ts';

interface Reader {
  readonly waiting: BrokerEvent[];
  wake: () => void;
  open: boolean;
}

/** The fake brokerage behind the broker port. What an answer or a stream suffers on the way is switched on by the test. */
export class FakeBroker implements Broker {
  readonly capabilities = BROKER_PROFILES.alpaca;
  readonly brokerage: FakeBrokerage;
  /** Answers of the next writes that are lost although the request arrived. */
  answersToLose = 0;
  /** Requests that the broker refuses to hear: its keys are not taken. */
  unauthorized = false;
  readonly #readers = new Set<Reader>();

  constructor(brokerage: FakeBrokerage) {
    this.brokerage = brokerage;
    brokerage.onEvent = ({ at, ...event }) => this.#publish({ ...event, at: instant(at) });
  }

  async submit({ approvedBy: _, ...order }: ApprovedOrder): Promise<SubmitOutcome> {
    return this.#write(() => this.brokerage.post(order satisfies OrderRequest));
  }

  async replace(id: BrokerOrderId, prices: { readonly stopPrice: Price }, as: string): Promise<SubmitOutcome> {
    return this.#write(() => this.brokerage.replace(id, prices.stopPrice, as));
  }

  async cancel(id: BrokerOrderId): Promise<CancelOutcome> {
    this.#admit();
    return this.brokerage.cancel(id);
  }

  async find(clientOrderId: string): Promise<BrokerOrder | undefined> {
    this.#admit();
    return this.brokerage.find(clientOrderId);
  }

  async findById(id: BrokerOrderId): Promise<BrokerOrder | undefined> {
    this.#admit();
    return this.brokerage.findById(id);
  }

  async orders(query: OrderQuery): Promise<readonly BrokerOrder[]> {
    this.#admit();
    return this.brokerage.list(query);
  }

  async fills(since: Temporal.Instant): Promise<readonly BrokerFill[]> {
    this.#admit();
    return this.brokerage.fillsSince(since.epochMilliseconds);
  }

  async positions(): Promise<readonly BrokerPosition[]> {
    this.#admit();
    return this.brokerage.positions();
  }

  async account(): Promise<BrokerAccount> {
    this.#admit();
    return this.brokerage.account();
  }

  events(): AsyncIterable<BrokerEvent> {
    return { [Symbol.asyncIterator]: () => this.#read() };
  }

  /** The connection of every stream breaks; each begins again. */
  dropStream(): void {
    const at = instant(this.brokerage.now);
    this.#publish({ kind: 'disconnected', at, cause: 'the connection was reset' });
    this.#publish({ kind: 'connected', at });
  }

  #write(request: () => SubmitOutcome): SubmitOutcome {
    if (this.unauthorized)
      return { kind: 'refused', code: '40110000', text: 'access key verification failed', scope: 'account' };
    const outcome = request();
    if (this.answersToLose === 0) return outcome;
    this.answersToLose -= 1;
    return { kind: 'unknown', cause: 'no answer within 10 s' };
  }

  #admit(): void {
    if (this.unauthorized)
      throw new BellwetherError('rejected', 'broker/unauthorized', 'expected keys that the broker takes, was refused');
  }

  #publish(event: BrokerEvent): void {
    for (const reader of this.#readers) {
      reader.waiting.push(event);
      reader.wake();
    }
  }

  #read(): AsyncIterator<BrokerEvent> {
    const at = instant(this.brokerage.now);
    const reader: Reader = { waiting: [{ kind: 'connected', at }], wake: () => undefined, open: true };
    this.#readers.add(reader);
    return {
      next: async (): Promise<IteratorResult<BrokerEvent>> => {
        while (reader.open && reader.waiting.length === 0)
          await new Promise<void>((resolve) => {
            reader.wake = resolve;
          });
        const value = reader.open ? reader.waiting.shift() : undefined;
        return value === undefined ? { done: true, value: undefined } : { done: false, value };
      },
      return: async () => {
        reader.open = false;
        this.#readers.delete(reader);
        reader.wake();
        return { done: true, value: undefined };
      },
    };
  }
}

function instant(at: EpochMs): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(at);
}
