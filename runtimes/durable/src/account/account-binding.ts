import type { AccountFact, AccountMachine, AccountSettings } from '@bellwether/kernel';
import type { Broker, Instruments } from '@bellwether/ports';
import type { AccountRow, HeldAccount } from './account-store.ts';
import type { RateLeft } from './broker-lanes.ts';

/** Who stands behind an account, as the composition root chose. */
export interface AccountBinding extends Pick<AccountSettings, 'limits' | 'sessionAt' | 'exchangeDay' | 'capabilities'> {
  readonly broker: Broker;
  readonly instruments: Instruments;
  /** What the broker takes from one account; null where it counts nothing. */
  readonly requestsPerMinute: number | null;
  /** What the broker last said of its own count; absent where it says nothing. */
  readonly rateLeft?: () => RateLeft | null;
  /** Our clock minus the broker's, in milliseconds; null when it did not say, or too late to tell. Absent where its clock is a tape's. */
  readonly clockSkew?: () => Promise<number | null>;
  /** Lets go of connections. */
  close?(): Promise<void>;
}

/** Throws when mode, connection and account do not agree; the account is tried again later. */
export type BrokerFor = (account: AccountRow) => Promise<AccountBinding>;

/** The part of an account machine that its keeper drives. */
export type AccountMind = Pick<
  AccountMachine,
  'take' | 'drain' | 'saveMemory' | 'positions' | 'nextWakeAt' | 'isQuiet' | 'gateOpen'
>;

/** Makes the machine of an account from its rows. */
export type MindOf = (settings: AccountSettings, held: HeldAccount) => AccountMind;

/** A fact before it is told when it was heard. */
export type Untimed<F = AccountFact> = F extends AccountFact ? Omit<F, 'at'> : never;

/** The moments at which a test kills a worker (trading-rules §4). */
export type CrashPoint = 'K1' | 'K2' | 'K3' | 'K4' | 'K5' | 'K6' | 'K7' | 'K8' | 'K9' | 'K10' | 'K11' | 'K12' | 'K13';

export type AtCrashPoint = (point: CrashPoint, accountId: string) => void | Promise<void>;

/** The same where the account is known. */
export type AtOwnCrashPoint = (point: CrashPoint) => void | Promise<void>;
