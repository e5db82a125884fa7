import type { EpochMs } from '@bellwether/domain';
import type { BrokerCapabilities } from '@bellwether/ports';
import type { AccountLimits } from '../guards/risk-gate.ts';
import type { Sha256 } from '../order/client-order-id.ts';
import type { AccountEffects, AccountMemory } from './account-effects.ts';
import type { AccountFact } from './account-fact.ts';
import type { AccountPosition } from './account-position.ts';

export interface AccountSettings {
  readonly installation: string;
  readonly account: string;
  readonly sha256: Sha256;
  readonly capabilities: BrokerCapabilities;
  readonly limits: AccountLimits;
  /** The exchange of a symbol at a market instant. `closesAt`: of the session that is open; null outside one. */
  readonly sessionAt: (
    symbol: string,
    marketTime: EpochMs,
  ) => { readonly isOpen: boolean; readonly closesAt: EpochMs | null; readonly nextOpen: EpochMs };
  /** Exchange day of a market instant, YYYY-MM-DD. */
  readonly exchangeDay: (marketTime: EpochMs) => string;
}
export type { AccountEffects, AccountFact, AccountMemory, AccountPosition };
