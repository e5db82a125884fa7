import type { BrokerCapabilities } from './capabilities.ts';

/** A capability that is true or false. */
export type CapabilityFlag = {
  [Name in keyof BrokerCapabilities]: BrokerCapabilities[Name] extends boolean ? Name : never;
}[keyof BrokerCapabilities];

/** How a card of the contract went, under one assumption about the capability that it asks for. */
export interface CardRun {
  /** BR-300. */
  readonly card: string;
  /** What the card was told of its capability; null when it asks for none. */
  readonly assumed: boolean | null;
  readonly runs: number;
  readonly passed: number;
  /** Why the first run that failed did. */
  readonly failure: string | null;
}

/** What the conformance suite has found out about one account, as it is stored. */
export interface CapabilityResult {
  readonly at: Temporal.Instant;
  readonly flags: Readonly<Partial<Record<CapabilityFlag, boolean>>>;
  readonly evidence: readonly CardRun[];
}

/** Cards that pass in either way, as their capability is, and how often they must pass before it counts as proven. */
const PROOFS: readonly { readonly flag: CapabilityFlag; readonly card: string; readonly runs: number }[] = [
  { flag: 'uniqueClientOrderId', card: 'BR-020', runs: 1 },
  { flag: 'bracket', card: 'BR-050', runs: 1 },
  { flag: 'oco', card: 'BR-090', runs: 1 },
  { flag: 'parallelOco', card: 'BR-100', runs: 1 },
  { flag: 'sharesHeldByOrders', card: 'BR-110', runs: 1 },
  { flag: 'bracketOnHeldSymbol', card: 'BR-180', runs: 1 },
  { flag: 'entryBesideRestingExit', card: 'BR-190', runs: 1 },
  { flag: 'twinBrackets', card: 'BR-300', runs: 50 },
];

/** Returns the capability that a card asks for. */
export function capabilityOfCard(card: string): CapabilityFlag | undefined {
  return PROOFS.find((proof) => proof.card === card)?.flag;
}

/**
 * Returns what the runs prove. A flag holds when every run of its card passed, and there were enough; it does not when the card
 * passed on being told so; a card that failed in both ways, or only failed, proves nothing.
 */
export function capabilityResultFrom(runs: readonly CardRun[], at: Temporal.Instant): CapabilityResult {
  const flags: Partial<Record<CapabilityFlag, boolean>> = {};
  for (const { flag, card, runs: needed } of PROOFS) {
    const own = runs.filter((run) => run.card === card);
    if (own.some((run) => run.assumed !== false && run.passed === run.runs && run.runs >= needed)) flags[flag] = true;
    else if (own.some((run) => run.assumed === false && run.passed === run.runs && run.runs > 0)) flags[flag] = false;
  }
  return { at, flags, evidence: runs };
}
