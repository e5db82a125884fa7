import { type Money, parseMoney, ratioFromNumber } from '@bellwether/domain';
import type { ExchangeSettings } from './exchange.ts';

/** A pipeline's `mode_config`, read. */
export interface SimulationSettings {
  readonly slippagePct: number;
  readonly commission: { readonly perShare: number; readonly minimum: number; readonly maximumFraction: number | null };
  readonly simulatePartialFills: boolean;
  readonly simulateRejections: boolean;
  readonly seed: number;
  readonly initialBalance: string;
  readonly profile: 'alpaca' | 'ideal';
  readonly marginMultiplier: number;
  readonly limitFill: 'through' | 'touch';
  readonly intrabar: 'pessimistic' | 'optimistic';
  readonly volumeShare: number | null;
  readonly forceLiquidation: boolean;
}

/** Returns the exchange that a simulation asks for; percent becomes a fraction here and nowhere else. */
export function exchangeSettingsFrom(mode: SimulationSettings): ExchangeSettings {
  return {
    initialCash: parseMoney(mode.initialBalance),
    slippageFraction: mode.slippagePct / 100,
    commission: {
      perShare: ratioFromNumber(mode.commission.perShare),
      minimum: (ratioFromNumber(mode.commission.minimum) / 1_000_000n) as Money,
      maximumFraction:
        mode.commission.maximumFraction === null ? null : ratioFromNumber(mode.commission.maximumFraction),
    },
    marginMultiplier: mode.marginMultiplier,
    simulatePartialFills: mode.simulatePartialFills,
    simulateRejections: mode.simulateRejections,
    seed: mode.seed,
    limitFill: mode.limitFill,
    intrabar: mode.intrabar,
    volumeShare: mode.volumeShare,
    forceLiquidation: mode.forceLiquidation,
    stopFromFirstFill: mode.profile === 'ideal',
  };
}
