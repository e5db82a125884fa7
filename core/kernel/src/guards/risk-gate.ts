// The only road from an intent to an order: intent + account under its lock → rules in their order → quantity, price, reservation, or why not.
import type { OrderRequest, Refusal } from '@bellwether/domain';
import type { ApprovedOrder } from '@bellwether/ports';
import { reservedFor } from '../order/desk-account.ts';
import type { AccountLimits } from './account-limits.ts';
import { accountRules } from './gate-account.ts';
import type { GateAnswer, GateRequest, GateSnapshot } from './gate-case.ts';
import { instrumentRules } from './gate-instrument.ts';
import { orderRules, weigh } from './gate-order.ts';
import { ownershipRules } from './gate-ownership.ts';
import { sizeAtGate } from './gate-size.ts';
import { refuseByStanding, type Standing } from './standing.ts';

/**
 * Judges one entry against everything that stands against it now (trading-rules §8): rules in the document's order, the first failure
 * refuses; caps shrink and refuse only at zero. The window, the day's limits and reward to risk are the pipeline's own and judged before.
 */
export function riskGate(
  request: GateRequest,
  snapshot: GateSnapshot,
  standing: Standing,
  limits: AccountLimits,
): GateAnswer {
  const refused = (refusal: Refusal): GateAnswer => ({ kind: 'refused', refusal });
  const barred = refuseByStanding(standing, request.pipelineId, request.intent.symbol);
  if (barred !== null) return refused(barred);
  const weighed = weigh(request, snapshot, limits);
  if ('rule' in weighed) return refused(weighed);
  const broken = ownershipRules(weighed) ?? instrumentRules(weighed) ?? orderRules(weighed) ?? accountRules(weighed);
  if (broken !== null) return refused(broken);
  const sized = sizeAtGate(weighed);
  if ('rule' in sized) return refused(sized);
  return {
    kind: 'approved',
    quantity: sized.quantity,
    bindingCap: sized.bindingCap,
    reserved: reservedFor({ ...weighed.funds, quantity: sized.quantity }),
    sizingPrice: weighed.price,
    limitPrice: weighed.limit,
  };
}

/** Makes what a broker takes of an order that the gate has let through. Nothing else makes one. */
export function mintApproved(request: OrderRequest): ApprovedOrder {
  return { ...request, approvedBy: 'risk gate' } as ApprovedOrder;
}

export type { AccountLimits } from './account-limits.ts';
export type { GateAnswer, GateHolding, GateRequest, GateSnapshot } from './gate-case.ts';
