import type { CloseReason, EpochMs, Refusal } from '@bellwether/domain';
import type {
  BrokerAccount,
  BrokerFill,
  BrokerOrder,
  BrokerPosition,
  CancelOutcome,
  InstrumentFacts,
  SubmitOutcome,
} from '@bellwether/ports';
import type { ExitSettings, OrderIntent } from '../agent/agent-output.ts';
import type { Standing } from '../guards/standing.ts';

/** Whom to answer: the command of an execution that asked. */
export interface TicketHead {
  readonly commandId: string;
  readonly executionId: string;
  readonly nodeId: string;
  readonly agentType: string;
  readonly symbol: string;
}

/** The intents of one trade node, as its session hands them to the account. Plain data: it is a row before it is heard. */
export interface Proposal {
  /** Unique per account; heard twice, it is answered once. */
  readonly key: string;
  readonly pipelineId: string;
  readonly ticket: TicketHead;
  readonly intents: readonly OrderIntent[];
  readonly exits: ExitSettings;
  readonly entryValidMs: number;
  readonly entryWhenClosed: 'next_open' | 'drop';
  readonly partialPatienceMs: number;
  /** Market time of the decision. */
  readonly decidedAt: EpochMs;
  /** Why its pipeline may open nothing now (window, daily limits); exits are not concerned. */
  readonly entryRefusal: Refusal | null;
  /** Whether the market trades at the decision. */
  readonly sessionOpen: boolean;
}

export interface Quote {
  readonly bid: number;
  readonly ask: number;
  readonly at: EpochMs;
}

/** What an account machine is told. `at` is wall time; `marketTime` is the exchange's, which a tape may run faster. */
export type AccountFact = { readonly at: EpochMs } & (
  | { readonly fact: 'proposed'; readonly proposal: Proposal }
  | {
      readonly fact: 'close_asked';
      readonly key: string;
      readonly positionId: string;
      readonly reason: CloseReason;
    }
  /** Drops unsent entries and cancels working ones: of an execution, a pipeline, a symbol, or (all null) of the account. */
  | {
      readonly fact: 'entries_canceled';
      readonly pipelineId: string | null;
      readonly executionId: string | null;
      readonly reason: string;
    }
  | { readonly fact: 'standing'; readonly standing: Standing }
  /** TX 2 was asked for: `blocked` says why an entry may not be sent after all. */
  | { readonly fact: 'sending'; readonly clientOrderId: string; readonly blocked: Refusal | null }
  | { readonly fact: 'submitted'; readonly clientOrderId: string; readonly outcome: SubmitOutcome }
  /** `clientOrderId` is the successor's. */
  | { readonly fact: 'replaced'; readonly clientOrderId: string; readonly outcome: SubmitOutcome }
  | { readonly fact: 'cancel_answered'; readonly clientOrderId: string; readonly outcome: CancelOutcome }
  /** A `cancel_stray` was asked, whatever was answered. */
  | { readonly fact: 'stray_canceled'; readonly brokerOrderId: string }
  /** `order` is undefined when the broker knows none, null when it could not be asked. */
  | { readonly fact: 'found'; readonly clientOrderId: string; readonly order: BrokerOrder | undefined | null }
  | { readonly fact: 'order_seen'; readonly order: BrokerOrder; readonly fill: BrokerFill | null }
  /** All orders since `since`, legs nested, as of `askedAt`. */
  | {
      readonly fact: 'orders_read';
      readonly askedAt: EpochMs;
      readonly since: EpochMs | null;
      readonly orders: readonly BrokerOrder[];
    }
  | { readonly fact: 'fills_read'; readonly fills: readonly BrokerFill[] }
  | { readonly fact: 'positions_read'; readonly askedAt: EpochMs; readonly positions: readonly BrokerPosition[] }
  | {
      readonly fact: 'account_read';
      readonly askedAt: EpochMs;
      readonly account: BrokerAccount;
      /** Our clock minus the broker's; null where nobody could tell. */
      readonly skewMs: number | null;
    }
  | { readonly fact: 'instrument_read'; readonly symbol: string; readonly facts: InstrumentFacts | null }
  /** A read failed; what it was to answer stays unknown. */
  | {
      readonly fact: 'read_failed';
      readonly what: string;
      readonly cause: string;
      /** The broker does not take our keys. */
      readonly isRefused: boolean;
    }
  | { readonly fact: 'link'; readonly state: 'connected' | 'lost'; readonly cause: string | null }
  /** The market moved, or its clock did. `bar` is closed; `halted` when the exchange says so. */
  | {
      readonly fact: 'market';
      readonly symbol: string;
      readonly marketTime: EpochMs;
      readonly bar: {
        readonly open: number;
        readonly high: number;
        readonly low: number;
        readonly close: number;
      } | null;
      readonly quote: Quote | null;
      readonly halted: boolean | null;
    }
  | { readonly fact: 'time'; readonly marketTime: EpochMs }
);

/** What the account's owner is to do, in this order, after the rows are committed. `lane` says whose rate budget pays. */
export type AccountCommand =
  /** Ask for TX 2 and feed `sending`. */
  | { readonly command: 'send'; readonly clientOrderId: string; readonly lane: Lane }
  | { readonly command: 'submit'; readonly clientOrderId: string; readonly lane: Lane }
  /** The successor's id; old order and prices are in the row. */
  | { readonly command: 'replace'; readonly clientOrderId: string; readonly lane: Lane }
  | { readonly command: 'cancel'; readonly clientOrderId: string; readonly lane: Lane }
  | { readonly command: 'find'; readonly clientOrderId: string; readonly lane: Lane }
  | { readonly command: 'read_orders'; readonly since: EpochMs | null; readonly lane: Lane }
  | { readonly command: 'read_fills'; readonly since: EpochMs; readonly lane: Lane }
  | { readonly command: 'read_positions'; readonly lane: Lane }
  | { readonly command: 'read_account'; readonly lane: Lane }
  | { readonly command: 'read_instrument'; readonly symbol: string; readonly lane: Lane }
  /** A broker order that carries our prefix and that no position of ours explains. */
  | { readonly command: 'cancel_stray'; readonly brokerOrderId: string; readonly lane: Lane };

/** Protection never waits behind entries, nor entries behind reads. */
export type Lane = 'protect' | 'entry' | 'read';
