import type { EpochMs, TriggerFact } from '@bellwether/domain';
import type { PlayMarket } from './play-market.ts';
import type { TriggerSignal } from './session-store.ts';
import type { SessionWriter } from './session-writer.ts';

/** Triggers that somebody else watched for and that have fired: each is heard once, in the order of its row. */
export class SignalBox {
  readonly #market: PlayMarket;
  readonly #writer: SessionWriter;
  readonly #heard = new Set<string>();
  #waiting: TriggerSignal[] = [];
  #current: TriggerSignal | null = null;

  constructor(market: PlayMarket, writer: SessionWriter) {
    this.#market = market;
    this.#writer = writer;
  }

  /** Something has fired that has not been acted upon. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  take(signals: readonly TriggerSignal[]): void {
    for (const signal of signals) {
      if (this.#heard.has(signal.id)) continue;
      this.#heard.add(signal.id);
      this.#waiting.push(signal);
    }
  }

  /** Lets the session hear what has fired by then. */
  deliver(until: EpochMs): void {
    const due = this.#waiting.filter(({ trigger }) => trigger.at <= until);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((signal) => !due.includes(signal));
    for (const signal of due) {
      this.#current = signal;
      this.#market.session.takeFired(signal.trigger, signal.symbol);
      // Nothing was started: the session has said why.
      if (this.#current !== null) this.#writer.heard(signal.id, this.#writer.lastSkip ?? 'nothing to start');
      this.#current = null;
    }
  }

  /** An execution begins; whether by a signal shows in its trigger. */
  started(trigger: TriggerFact): void {
    if (this.#current?.trigger !== trigger) return;
    this.#writer.heard(this.#current.id, 'started');
    this.#current = null;
  }
}
