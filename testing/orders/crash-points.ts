import type { AccountEffects, AccountFact, AccountOrder } from '@bellwether/kernel';

/** Where a process may die (trading-rules §4). */
export const CRASH_POINTS = ['K1', 'K2', 'K3', 'K4', 'K5', 'K6', 'K7', 'K8', 'K9', 'K10', 'K11', 'K12', 'K13'] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Points at which the process is when a fact has been taken and its rows are not committed. */
export function pointsBeforeCommit(fact: AccountFact, effects: AccountEffects): readonly CrashPoint[] {
  const points: CrashPoint[] = [];
  if (fact.fact === 'proposed') points.push('K1');
  if (fact.fact === 'submitted') points.push('K5');
  if (effects.fills.length > 0) points.push('K7');
  return points;
}

/** Points at which it is when the rows are committed and nothing of what they ask has been done. */
export function pointsAfterCommit(fact: AccountFact, effects: AccountEffects): readonly CrashPoint[] {
  const points: CrashPoint[] = [];
  const sends = effects.commands.filter(({ command }) => command === 'submit' || command === 'replace').length;
  if (fact.fact === 'proposed') points.push('K2');
  if (fact.fact === 'sending' && sends > 0) points.push('K3');
  if (fact.fact === 'submitted' && fact.outcome.kind === 'accepted') points.push('K6');
  if (effects.fills.length > 0) points.push('K8');
  if (effects.orders.some(isJustCanceled)) points.push('K10');
  return points;
}

/** The point between two exits of which the first has been sent. */
export function isBetweenExits(effects: AccountEffects): boolean {
  return effects.commands.filter(({ command }) => command === 'submit').length > 1;
}

function isJustCanceled({ status }: AccountOrder): boolean {
  return status === 'canceled';
}
