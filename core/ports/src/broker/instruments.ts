/** What a broker says of an instrument, beyond its price. */
export interface InstrumentFacts {
  readonly symbol: string;
  readonly tradable: boolean;
  readonly shortable: boolean;
  readonly easyToBorrow: boolean;
  readonly fractionable: boolean;
}

export interface Instruments {
  /** Returns `undefined` for a symbol that the broker does not list. Throws a retryable `broker/unreachable`. */
  find(symbol: string): Promise<InstrumentFacts | undefined>;
}
