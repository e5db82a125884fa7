import { BellwetherError, type TradingMode } from '@bellwether/domain';
import type { ExecutionPlan } from '@bellwether/kernel';

/** Which venue a trading mode is bound to; null where none can be connected yet. */
const VENUES: Readonly<Record<TradingMode, 'refusing' | 'simulated' | null>> = {
  validation: 'refusing',
  simulation: 'simulated',
  paper: null,
  live: null,
};

/** Returns the plan when its trading mode has a venue. Throws `pipeline/not-runnable`. */
export function withVenue(plan: ExecutionPlan): ExecutionPlan {
  const { tradingMode, name } = plan.pipeline;
  if (VENUES[tradingMode] !== null) return plan;
  throw new BellwetherError(
    'invalid',
    'pipeline/not-runnable',
    `expected "${name}" to trade in validation or simulation, was ${tradingMode}; no broker can be connected yet, change its trading_mode`,
  );
}
