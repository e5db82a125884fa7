import { InjectionToken } from '@angular/core';
import type { CandlePainter } from './candle-painter.ts';

/** Opens a painter on an element. The library behind it is large and is loaded on first use; tests bring their own. */
export const OPEN_PAINTER = new InjectionToken<(host: HTMLElement) => Promise<CandlePainter>>('draws candles', {
  providedIn: 'root',
  factory: () => async (host) => {
    const { LightweightPainter } = await import('./lightweight-painter.ts');
    return new LightweightPainter(host);
  },
});
