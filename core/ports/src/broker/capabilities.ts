/** What a broker can do, as data: stated by its adapter, weighed in core. Ask first; nothing throws "not implemented". */
export interface BrokerCapabilities {
  /** A second use of a client order id is refused, for ever. */
  readonly uniqueClientOrderId: boolean;
  readonly bracket: boolean;
  readonly oto: boolean;
  readonly oco: boolean;
  readonly gtcLegs: boolean;
  /** Legs arm with a partial entry; otherwise with the complete one. */
  readonly stopFromFirstFill: boolean;
  /** A bracket is accepted beside shares or working orders in the symbol. */
  readonly bracketOnHeldSymbol: boolean;
  /** Two same-side brackets sent together both live, whichever fills first. */
  readonly twinBrackets: boolean;
  /** Several OCO exits rest on one broker position. */
  readonly parallelOco: boolean;
  /** A plain entry is accepted while a plain exit rests. */
  readonly entryBesideRestingExit: boolean;
  /** Resting exits reserve shares; a further exit is refused. */
  readonly sharesHeldByOrders: boolean;
  /** The old stop works until the new one does. */
  readonly replaceKeepsProtection: boolean;
  /** A target may be moved to a marketable price. */
  readonly repriceToClose: boolean;
  readonly fractional: boolean;
  readonly fractionalGroups: boolean;
  /** Stops act outside regular hours. */
  readonly extendedHoursProtection: boolean;
  readonly shortSelling: 'any' | 'easy_to_borrow';
}

export type BrokerProfile = 'ideal' | 'alpaca';

/** The two columns of the trading rules: a broker as one would wish it, and Alpaca as documented or seen. */
export const BROKER_PROFILES: Readonly<Record<BrokerProfile, BrokerCapabilities>> = {
  ideal: {
    uniqueClientOrderId: true,
    bracket: true,
    oto: true,
    oco: true,
    gtcLegs: true,
    stopFromFirstFill: true,
    bracketOnHeldSymbol: true,
    twinBrackets: true,
    parallelOco: true,
    entryBesideRestingExit: true,
    sharesHeldByOrders: true,
    replaceKeepsProtection: true,
    repriceToClose: true,
    fractional: true,
    fractionalGroups: true,
    extendedHoursProtection: false,
    shortSelling: 'any',
  },
  alpaca: {
    uniqueClientOrderId: true,
    bracket: true,
    oto: true,
    oco: true,
    gtcLegs: true,
    stopFromFirstFill: false,
    bracketOnHeldSymbol: false,
    twinBrackets: false,
    parallelOco: true,
    entryBesideRestingExit: false,
    sharesHeldByOrders: true,
    replaceKeepsProtection: true,
    repriceToClose: false,
    fractional: true,
    fractionalGroups: false,
    extendedHoursProtection: false,
    shortSelling: 'easy_to_borrow',
  },
};
