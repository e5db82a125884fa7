import type { TradingMode } from '@bellwether/domain';
import type { BrokerCapabilities } from './capabilities.ts';
import type { CapabilityFlag, CapabilityResult } from './capability-result.ts';

/** A result that is older proves nothing any more: brokers change. */
const PROOF_LASTS_HOURS = 90 * 24;
/** The flags of which `true` asks for more care; with all the others it is `false`. */
const CAREFUL_WHEN_TRUE: ReadonlySet<CapabilityFlag> = new Set(['sharesHeldByOrders']);

/**
 * Returns what may be counted on: the binding's defaults, overridden by what was found on the account within 90 days, the newest
 * first. What was found to work opens that behavior on paper; live needs the user's consent to that flag as well. What was found
 * not to work closes it everywhere. Simulation and validation keep their defaults.
 */
export function effectiveCapabilities(
  defaults: BrokerCapabilities,
  results: readonly CapabilityResult[],
  now: Temporal.Instant,
  mode: TradingMode,
  consent: ReadonlySet<CapabilityFlag>,
): BrokerCapabilities {
  if (mode !== 'paper' && mode !== 'live') return defaults;
  const oldest = now.subtract({ hours: PROOF_LASTS_HOURS });
  const counting = results
    .filter(({ at }) => Temporal.Instant.compare(at, oldest) >= 0 && Temporal.Instant.compare(at, now) <= 0)
    .sort((a, b) => Temporal.Instant.compare(a.at, b.at));
  const found: Partial<Record<CapabilityFlag, boolean>> = Object.assign({}, ...counting.map(({ flags }) => flags));
  const allowed = Object.entries(found).filter(([name, holds]) => {
    const flag = name as CapabilityFlag;
    const isCareful = holds === CAREFUL_WHEN_TRUE.has(flag);
    return isCareful || mode === 'paper' || consent.has(flag);
  });
  return { ...defaults, ...Object.fromEntries(allowed) };
}
