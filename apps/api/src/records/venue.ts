import type { VenueName } from '@bellwether/contracts';
import type { TradingMode } from '@bellwether/domain';

/** Returns where a trading mode trades; `paper` is where paper trading goes, undefined where no broker is configured. */
export function venueOf(mode: TradingMode, paper: 'sandbox' | 'paper' | undefined): VenueName {
  switch (mode) {
    case 'validation':
      return 'refusing';
    case 'simulation':
      return 'simulated';
    case 'paper':
      return paper ?? 'none';
    case 'live':
      return 'live';
  }
}

/** Where an execution traded. Only the sandbox trades a recorded market: a real account has the prices of today. */
export function venueOfExecution(mode: TradingMode, sourceKind: string | undefined): VenueName {
  return venueOf(mode, sourceKind === 'live' ? 'paper' : 'sandbox');
}
