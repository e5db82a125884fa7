import { ONE_SHARE, type Price, priceFromNumber, type Quantity } from '../money/decimal.ts';
import type { Market } from '../time/exchange-calendar.ts';

/** A tradable thing, by its spelling at a venue. */
export interface Instrument {
  readonly symbol: string;
  readonly market: Market;
  /** Smallest step of a quantity; one whole unit unless the venue declares a finer one. */
  readonly quantityIncrement: Quantity;
}

const CRYPTO_BASES = new Set(
  'AAVE ADA ALGO ATOM AVAX BAT BCH BNB BTC CRV DASH DOGE DOT EOS ETC ETH FIL GRT LINK LTC MATIC MKR NEAR PEPE SHIB SOL SUSHI TRX UNI XBT XLM XMR XRP XTZ YFI ZEC'.split(
    ' ',
  ),
);
const CRYPTO_PAIR = /^([A-Z]{3,5})[/-]?(?:USD|USDT|USDC)$/;

/** Returns the market of a symbol: 24/7 for a crypto pair against the dollar (`BTCUSD`, `ETH/USD`), else US equities. */
export function marketOf(symbol: string): Market {
  const base = CRYPTO_PAIR.exec(symbol.toUpperCase())?.[1];
  return base !== undefined && CRYPTO_BASES.has(base) ? '24/7' : 'US';
}

/** Returns the instrument of a symbol of which nothing but the symbol is known. */
export function instrumentOf(symbol: string): Instrument {
  return { symbol, market: marketOf(symbol), quantityIncrement: ONE_SHARE };
}

const ONE_DOLLAR = priceFromNumber(1);
const CENT = priceFromNumber(0.01);
const SUB_PENNY = priceFromNumber(0.0001);

/** Returns the smallest step of an order price: 0.01 from $1.00 up, 0.0001 below. */
export function priceIncrementAt(price: Price): Price {
  return price >= ONE_DOLLAR ? CENT : SUB_PENNY;
}
