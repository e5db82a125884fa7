import type { EpochMs, Money, Price, Quantity, Side } from '@bellwether/domain';
import type { DeskEvent } from '../order/desk-events.ts';
import type { AccountCommand } from './account-fact.ts';
import type { AccountOrder, AccountPosition } from './account-position.ts';

/** A part of a fill as it was booked: once, whoever told it. */
export interface BookedFill {
  readonly fillId: string;
  readonly clientOrderId: string;
  readonly positionId: string;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly amount: Money;
  readonly fee: Money;
  /** USD in all that it is worse than its order's reference price. */
  readonly slippage: Money;
  readonly at: EpochMs;
}

/** `notice`: shown. `alarm`: told at once. `page`: somebody has to look now. */
export interface Alert {
  readonly level: 'notice' | 'alarm' | 'page';
  readonly code: string;
  readonly symbol: string | null;
  readonly positionId: string | null;
  readonly pipelineId: string | null;
  readonly text: string;
}

/** One pass of the reconciler: what was found, and what was done about it; an empty pass is evidence too. */
export interface ReconciliationRun {
  readonly at: EpochMs;
  readonly cause: string;
  readonly found: readonly {
    readonly row: string;
    readonly symbol: string | null;
    readonly text: string;
    readonly action: string;
  }[];
  readonly clean: boolean;
}

/** A change of standing that the machine itself demands, to be kept as a row (trading-rules §9). */
export interface StandingChange {
  readonly scope: 'account' | 'pipeline';
  readonly pipelineId: string | null;
  readonly state: 'active' | 'reducing' | 'halted';
  readonly cause: string;
  readonly text: string;
  /** Every own position in scope is to be closed as well. */
  readonly flatten?: boolean;
}

/** An event for a pipeline's session and its user's screens; the same that a simulated desk emits. */
export interface AccountEvent {
  readonly pipelineId: string;
  readonly event: DeskEvent;
}

/** The account as its broker last said it, and as the gate counts it. */
export interface AccountSnapshot {
  readonly at: EpochMs;
  readonly equity: Money;
  readonly lastEquity: Money | null;
  readonly cash: Money;
  readonly buyingPower: Money;
  /** Set aside for orders that the broker may not have counted. */
  readonly reserved: Money;
  readonly closingOnly: boolean;
  readonly blocked: boolean;
  readonly brokerAccountId: string;
}

/** Shares in the account that no pipeline owns, signed. */
export interface Holding {
  readonly symbol: string;
  readonly quantity: Quantity;
  readonly averageEntry: Price;
}

/** An order that works in the account and is not ours. */
export interface ExternalOrder {
  readonly brokerOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly submittedAt: EpochMs;
}

/** All that facts have caused since the last drain. Rows first, in one transaction; commands after its commit. */
export interface AccountEffects {
  readonly positions: readonly AccountPosition[];
  readonly orders: readonly AccountOrder[];
  readonly fills: readonly BookedFill[];
  readonly snapshot: AccountSnapshot | null;
  /** Null when they are as before. */
  readonly external: readonly Holding[] | null;
  readonly standing: readonly StandingChange[];
  readonly runs: readonly ReconciliationRun[];
  readonly events: readonly AccountEvent[];
  readonly alerts: readonly Alert[];
  /** Keys of proposals and requests that have been heard, with what became of them at once. */
  readonly heard: readonly {
    readonly key: string;
    readonly outcome: 'taken' | 'refused';
    readonly text: string | null;
  }[];
  readonly commands: readonly AccountCommand[];
}

/** What outlives a process beside the positions themselves. Plain data but for bigints. */
export interface AccountMemory {
  readonly marketTime: EpochMs;
  /** Of commands that still wait for what becomes of their orders. */
  readonly tickets: readonly unknown[];
  /** Entries that wait for their predecessor to close. */
  readonly later: readonly unknown[];
  /** From where orders are read again. */
  readonly watermark: EpochMs | null;
  readonly snapshot: AccountSnapshot | null;
  readonly external: readonly Holding[];
  readonly counters: unknown;
  /** Orders of somebody else that work. */
  readonly externalOrders: readonly ExternalOrder[];
  /** How things stood: whoever is active later was released in between. */
  readonly stood: { readonly account: 'active' | 'reducing' | 'halted'; readonly pipelines: readonly string[] };
}
