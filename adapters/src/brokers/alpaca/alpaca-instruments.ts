import type { InstrumentFacts, Instruments } from '@bellwether/ports';
import { readFailure } from './alpaca-errors.ts';
import type { AlpacaTransport } from './alpaca-http.ts';
import { instrumentFromWire } from './alpaca-translate.ts';
import { isWireObject } from './alpaca-wire.ts';

/** What Alpaca says of an instrument: symbol → one request → facts. */
export class AlpacaInstruments implements Instruments {
  readonly #transport: AlpacaTransport;

  constructor(transport: AlpacaTransport) {
    this.#transport = transport;
  }

  async find(symbol: string): Promise<InstrumentFacts | undefined> {
    const reply = await this.#transport({ method: 'GET', path: `/v2/assets/${encodeURIComponent(symbol)}` });
    if (reply.kind === 'answer' && reply.status === 200 && reply.json !== undefined)
      return instrumentFromWire(reply.json);
    if (reply.kind === 'answer' && reply.status === 404 && isWireObject(reply.json)) return undefined;
    throw readFailure(reply, `the asset ${symbol}`);
  }
}
