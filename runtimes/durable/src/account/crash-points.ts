import type { AccountEffects } from '@bellwether/kernel';
import type { CrashPoint } from './account-binding.ts';

/** Which named moments the commit of these effects lies between (trading-rules §4): before it, and after it. */
export function crashPointsOf(effects: AccountEffects): {
  readonly before: readonly CrashPoint[];
  readonly after: readonly CrashPoint[];
} {
  const before: CrashPoint[] = [];
  const after: CrashPoint[] = [];
  const { orders, fills } = effects;
  if (orders.some(({ leg, status }) => leg === 'entry' && status === 'planned')) {
    before.push('K1');
    after.push('K2');
  }
  if (orders.some(({ status, filledQuantity }) => status === 'working' && filledQuantity === 0n)) after.push('K6');
  if (fills.length > 0) {
    before.push('K7');
    after.push('K8');
  }
  if (orders.some(({ status, purpose }) => status === 'canceled' && purpose !== 'replace')) after.push('K10');
  return { before, after };
}
