import type { TriggerFact } from '@bellwether/domain';
import { type MarketSettings, openMarket, playStep } from './play-market.ts';

/**
 * Finds the first trigger that would fire if the pipeline were started with the tape: the moment at which a run has something to show.
 * Returns null when none ever does.
 */
export function firstMoment(settings: Omit<MarketSettings, 'events'>): TriggerFact | null {
  let found: TriggerFact | null = null;
  const market = openMarket({
    ...settings,
    events: {
      start: (trigger) => {
        found ??= trigger;
      },
      desk: () => undefined,
      skipped: () => undefined,
    },
  });
  market.session.startAt(market.decideFrom - 1);
  for (let step = market.cursor.peek(); step !== null && found === null; step = market.cursor.peek()) {
    playStep(market.session, step);
    market.cursor.advance();
  }
  return found;
}
