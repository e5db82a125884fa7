import { type EpochMs, parseMoney } from '@bellwether/domain';
import type { MarketAnswer } from './account-changes.ts';
import { readFaults } from './faults.ts';
import { readSteps } from './market-step.ts';
import type { OrderRecord } from './order-registry.ts';
import type { SandboxAccount } from './sandbox-account.ts';

/** Everything that changes an account, as plain JSON: written down in this order, it makes the same account again. */
export type AccountOperation =
  | { readonly kind: 'submit'; readonly wall: EpochMs; readonly body: unknown; readonly isExternal: boolean }
  | { readonly kind: 'replace'; readonly wall: EpochMs; readonly id: string; readonly body: unknown }
  | { readonly kind: 'cancel'; readonly wall: EpochMs; readonly id: string }
  | { readonly kind: 'market'; readonly wall: EpochMs; readonly steps: unknown; readonly stepKey: string | null }
  | { readonly kind: 'transfer'; readonly wall: EpochMs; readonly amount: string }
  | { readonly kind: 'faults'; readonly wall: EpochMs; readonly settings: unknown };

/** What an operation answers: the order, or what the market caused. */
export interface OperationAnswers {
  readonly submit: OrderRecord;
  readonly replace: OrderRecord;
  readonly cancel: null;
  readonly market: MarketAnswer;
  readonly transfer: null;
  readonly faults: null;
}

/** Performs an operation. Throws the broker's `Refusal`, or `sandbox/bad-market`. */
export function perform<Kind extends AccountOperation['kind']>(
  account: SandboxAccount,
  operation: Extract<AccountOperation, { kind: Kind }>,
): OperationAnswers[Kind] {
  return performAny(account, operation) as OperationAnswers[Kind];
}

function performAny(account: SandboxAccount, operation: AccountOperation): OrderRecord | MarketAnswer | null {
  const { wall } = operation;
  switch (operation.kind) {
    case 'submit':
      return account.submit(operation.body, wall, operation.isExternal);
    case 'replace':
      return account.replace(operation.id, operation.body, wall);
    case 'cancel':
      account.cancel(operation.id, wall);
      return null;
    case 'market':
      return account.market(readSteps(operation.steps), operation.stepKey, wall);
    case 'transfer':
      account.transfer(parseMoney(operation.amount));
      return null;
    case 'faults':
      account.faults.set(readFaults(operation.settings));
      return null;
  }
}
