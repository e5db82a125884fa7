import type { Bar, CloseReason, EpochMs, Money, Refusal } from '@bellwether/domain';
import type { TicketHead } from '../account/account-fact.ts';
import type { AccountView, LanePosition } from '../agent/agent-context.ts';
import type { TradePlan } from '../agent/agent-output.ts';
import type { PositionRecord } from '../position/position-state.ts';
import type { Marks } from './desk-account.ts';
import type { DeskEvent } from './desk-events.ts';

/**
 * Where the intents of one pipeline go, and what became of them: a simulated venue, which answers at once, or an account at a broker, which
 * answers when it can. A session does not know which.
 *
 * Invariants: what happens is told as `DeskEvent`s, in order, each once; a ticket settles exactly once.
 */
export interface Desk {
  /** Whether a bar of this symbol has anything to do here: the backtester skips the rest. */
  hasWork(symbol: string): boolean;
  /** The position that rules the symbol now. */
  position(symbol: string): PositionRecord | undefined;
  /** Everything that is not closed. */
  openPositions(): Iterable<PositionRecord>;
  lane(symbol: string): LanePosition;
  /** `afterClosingOwn` counts the lane's own position as closed at its mark. */
  accountView(symbol: string, marks: Marks, afterClosingOwn: boolean): AccountView;
  equity(marks: Marks): Money;
  /** Compares equity with what the positions require, where nobody else does. */
  assessMargin(marks: Marks, at: EpochMs): void;
  /** The account opens nothing before it has more equity. */
  readonly marginCalled: boolean;
  /** Takes the intents of one trade node. `sessionOpen`: the market trades at the decision. `entryRefusal`: why its pipeline may open nothing now. */
  submit(plan: TradePlan, from: TicketHead, at: EpochMs, sessionOpen: boolean, entryRefusal?: Refusal | null): void;
  /** Asks for a position to be closed; asking twice changes nothing. Returns whether there was anything to close. */
  requestClose(symbol: string, reason: CloseReason, at: EpochMs): boolean;
  /** Drops what an execution (null: any) has not sent yet and cancels its working entries; shares already bought stay managed. */
  cancelEntries(executionId: string | null, reason: string, at: EpochMs): void;
  /** Drops the entries of a symbol that may no longer be sent; one that was deferred was judged when it was decided. */
  dropUnsent(symbol: string, at: EpochMs, reasonNow: () => string | null): void;
  /** A bar begins. */
  onOpen(symbol: string, at: EpochMs, open: number, marks: Marks, volume?: number): void;
  /** A bar is over. */
  onBar(symbol: string, bar: Bar): void;
}

/** Opens the desk of a session, which hears its events. */
export type OpenDesk = (emit: (event: DeskEvent) => void) => Desk;
