import { ADX } from './adx.ts';
import { AROON } from './aroon.ts';
import { ATR } from './atr.ts';
import { BBANDS } from './bbands.ts';
import { CCI } from './cci.ts';
import { DONCHIAN } from './donchian.ts';
import { EMA } from './ema.ts';
import { HIGHEST } from './highest.ts';
import type { Indicator, IndicatorDefinition, IndicatorSpec } from './indicator.ts';
import { KELTNER } from './keltner.ts';
import { LOWEST } from './lowest.ts';
import { MACD } from './macd.ts';
import { MFI } from './mfi.ts';
import { NATR } from './natr.ts';
import { OBV } from './obv.ts';
import { ROC } from './roc.ts';
import { RSI } from './rsi.ts';
import { RVOL } from './rvol.ts';
import { SAR } from './sar.ts';
import { SMA } from './sma.ts';
import { STDDEV } from './stddev.ts';
import { STOCH } from './stoch.ts';
import { STOCHRSI } from './stochrsi.ts';
import { SUPERTREND } from './supertrend.ts';
import { VOLUME_SMA } from './volume-sma.ts';
import { VWAP } from './vwap.ts';
import { WILLR } from './willr.ts';
import { WMA } from './wma.ts';

/** Every indicator there is, by name; what the API and the command line list, and what a specification may name. */
export const INDICATOR_CATALOGUE: ReadonlyMap<string, IndicatorDefinition> = new Map(
  [
    ...[SMA, EMA, WMA, RSI, MACD, BBANDS, ATR, NATR, ADX, STOCH, STOCHRSI, CCI, MFI, OBV],
    ...[VWAP, ROC, WILLR, SAR, AROON, DONCHIAN, KELTNER, SUPERTREND, STDDEV, HIGHEST, LOWEST, VOLUME_SMA, RVOL],
  ].map((definition) => [definition.name, definition]),
);

/** Returns a fresh, cold indicator. */
export function createIndicator(spec: IndicatorSpec): Indicator {
  return definitionOf(spec).create(spec);
}

/** Returns the catalogue's entry of a parsed specification. */
export function definitionOf(spec: IndicatorSpec): IndicatorDefinition {
  const definition = INDICATOR_CATALOGUE.get(spec.indicator);
  if (definition === undefined)
    throw new RangeError(`expected a specification from parseIndicatorSpec, was ${spec.indicator}`);
  return definition;
}
