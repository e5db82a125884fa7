/** A regular session of the exchange as the broker knows it. */
export interface BrokerSession {
  /** Local date of the exchange, YYYY-MM-DD. */
  readonly date: string;
  readonly opensAt: Temporal.Instant;
  readonly closesAt: Temporal.Instant;
}

/** The exchange's clock and calendar at the broker, to hold against our own. Reads throw a retryable `broker/unreachable`. */
export interface MarketClock {
  now(): Promise<{
    readonly at: Temporal.Instant;
    readonly isOpen: boolean;
    readonly nextOpen: Temporal.Instant;
    readonly nextClose: Temporal.Instant;
  }>;
  /** Sessions from `from` to `to`, both dates included. */
  sessions(from: string, to: string): Promise<readonly BrokerSession[]>;
}
