import type { BrokerSession, MarketClock } from '@bellwether/ports';
import { readFailure } from './alpaca-errors.ts';
import type { AlpacaTransport } from './alpaca-http.ts';
import { sessionFromWire } from './alpaca-translate.ts';
import { isSet, neededInstant, wireArray, wireObject } from './alpaca-wire.ts';

/** The exchange's clock and calendar as Alpaca tells them. */
export class AlpacaMarketClock implements MarketClock {
  readonly #transport: AlpacaTransport;

  constructor(transport: AlpacaTransport) {
    this.#transport = transport;
  }

  async now(): ReturnType<MarketClock['now']> {
    const what = 'the clock';
    const clock = wireObject(await this.#read('/v2/clock', what), what);
    return {
      at: neededInstant(clock, 'timestamp', what),
      isOpen: isSet(clock, 'is_open'),
      nextOpen: neededInstant(clock, 'next_open', what),
      nextClose: neededInstant(clock, 'next_close', what),
    };
  }

  async sessions(from: string, to: string): Promise<readonly BrokerSession[]> {
    const query = new URLSearchParams({ start: from, end: to });
    return wireArray(await this.#read(`/v2/calendar?${query}`, 'the calendar'), 'the calendar').map(sessionFromWire);
  }

  async #read(path: string, what: string): Promise<unknown> {
    const reply = await this.#transport({ method: 'GET', path });
    if (reply.kind === 'answer' && reply.status === 200 && reply.json !== undefined) return reply.json;
    throw readFailure(reply, what);
  }
}
