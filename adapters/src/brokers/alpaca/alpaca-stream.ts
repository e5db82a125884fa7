import type { BrokerEvent, Clock } from '@bellwether/ports';
import { decode } from '@msgpack/msgpack';
import { WebSocket } from 'ws';
import type { AlpacaKeys } from './alpaca-http.ts';
import { eventFromWire } from './alpaca-translate.ts';
import { isWireObject, type WireObject } from './alpaca-wire.ts';

/** Wakes `run` once after `ms`; what it returns calls that off. */
export type Schedule = (run: () => void, ms: number) => () => void;

export interface AlpacaStreamOptions {
  /** "wss://paper-api.alpaca.markets/stream". */
  readonly url: string;
  readonly keys: AlpacaKeys;
  readonly clock: Clock;
  readonly schedule: Schedule;
  /** From 0 to below 1; spreads reconnects. */
  random(): number;
  /** How long a connection may take until Alpaca says that it listens, and a ping to be answered. */
  readonly patienceMs: number;
  /** Told of what no event tells: a connection that did not come up, keys that were refused. */
  report(trouble: string): void;
}

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 15_000;
const PING_EVERY_MS = 10_000;
/** How many events wait for a reader who does not read; then the connection is begun anew and the reader reconciles. */
const LONGEST_WAIT = 10_000;

/**
 * The trade updates of one account for one reader: socket → authenticate → listen → `connected` → events, and again after a break.
 *
 * Invariants: 1. every event lies between a `connected` and the next `disconnected`; a connection that never came up is neither.
 * 2. nothing is ever thrown at the reader: a frame that cannot be read ends the connection, for what it said is lost.
 */
export class AlpacaTradeUpdates implements AsyncIterator<BrokerEvent> {
  readonly #options: AlpacaStreamOptions;
  readonly #waiting: BrokerEvent[] = [];
  #wake: (() => void) | null = null;
  #socket: WebSocket | null = null;
  #isListening = false;
  #isLeft = false;
  #failures = 0;
  #callOff: () => void = doNothing;

  constructor(options: AlpacaStreamOptions) {
    this.#options = options;
    this.#connect();
  }

  async next(): Promise<IteratorResult<BrokerEvent>> {
    while (!this.#isLeft && this.#waiting.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const event = this.#isLeft ? undefined : this.#waiting.shift();
    return event === undefined ? { done: true, value: undefined } : { done: false, value: event };
  }

  async return(): Promise<IteratorResult<BrokerEvent>> {
    this.#isLeft = true;
    this.#callOff();
    const socket = this.#socket;
    this.#socket = null;
    socket?.terminate();
    this.#wake?.();
    return { done: true, value: undefined };
  }

  #connect(): void {
    const { url, keys, patienceMs } = this.#options;
    const socket = new WebSocket(url, { handshakeTimeout: patienceMs, followRedirects: false });
    this.#socket = socket;
    this.#wait(() => this.#lose(socket, `not listening within ${patienceMs} ms`), patienceMs);
    socket.once('open', () => {
      const data = { key_id: keys.keyId, secret_key: keys.secretKey };
      socket.send(JSON.stringify({ action: 'authenticate', data }));
    });
    socket.on('message', (data, isBinary) => this.#take(socket, bytesOf(data), isBinary));
    socket.on('pong', () => this.#pingLater(socket));
    socket.once('error', (error) => this.#lose(socket, error.message));
    socket.once('close', (code, reason) => this.#lose(socket, `closed with ${code} ${reason.toString()}`.trim()));
  }

  #take(socket: WebSocket, bytes: Uint8Array, isBinary: boolean): void {
    if (socket !== this.#socket) return;
    const frame = frameOf(bytes, isBinary);
    if (frame === undefined) return this.#lose(socket, 'a frame that is neither JSON nor MessagePack');
    const data = isWireObject(frame['data']) ? frame['data'] : {};
    switch (frame['stream']) {
      case 'authorization':
        if (data['status'] === 'authorized') {
          socket.send(JSON.stringify({ action: 'listen', data: { streams: ['trade_updates'] } }));
        } else
          this.#lose(socket, `the keys were refused: ${String(data['status'] ?? data['message'] ?? 'unauthorized')}`);
        return;
      case 'listening':
        if (Array.isArray(data['streams']) && data['streams'].includes('trade_updates')) this.#listening(socket);
        else this.#lose(socket, 'Alpaca does not let us listen to trade_updates');
        return;
      case 'trade_updates':
        return this.#tell(socket, data);
      default:
        // Streams that we did not ask for say nothing about orders.
        return;
    }
  }

  #listening(socket: WebSocket): void {
    if (this.#isListening) return;
    this.#isListening = true;
    this.#failures = 0;
    this.#push({ kind: 'connected', at: this.#options.clock.now() });
    this.#pingLater(socket);
  }

  #tell(socket: WebSocket, data: WireObject): void {
    try {
      this.#push(eventFromWire(data));
    } catch (error) {
      return this.#lose(socket, `an update that cannot be read: ${error instanceof Error ? error.message : error}`);
    }
    if (this.#waiting.length > LONGEST_WAIT) {
      this.#waiting.length = 0;
      this.#lose(socket, `more than ${LONGEST_WAIT} events that nobody read`);
    }
  }

  /** A peer that vanished without a word closes nothing: one that leaves a ping unanswered counts as gone. */
  #pingLater(socket: WebSocket): void {
    if (socket !== this.#socket || !this.#isListening) return;
    const { patienceMs } = this.#options;
    this.#wait(() => {
      socket.ping();
      this.#wait(() => this.#lose(socket, `no answer to a ping within ${patienceMs} ms`), patienceMs);
    }, PING_EVERY_MS);
  }

  #lose(socket: WebSocket, cause: string): void {
    if (socket !== this.#socket || this.#isLeft) return;
    this.#socket = null;
    socket.terminate();
    if (this.#isListening) this.#push({ kind: 'disconnected', at: this.#options.clock.now(), cause });
    this.#isListening = false;
    this.#options.report(`the trade stream of Alpaca broke: ${cause}`);
    const longest = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(this.#failures, 16));
    this.#failures += 1;
    this.#wait(() => this.#connect(), longest * (0.5 + this.#options.random() / 2));
  }

  #push(event: BrokerEvent): void {
    this.#waiting.push(event);
    this.#wake?.();
  }

  /** One thing is waited for at a time. */
  #wait(run: () => void, ms: number): void {
    this.#callOff();
    this.#callOff = this.#options.schedule(run, ms);
  }
}

function doNothing(): void {
  return;
}

function bytesOf(data: ArrayBuffer | Buffer | readonly Buffer[]): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Buffer.isBuffer(data) ? data : Buffer.concat(data);
}

/** Reads a frame: JSON, in a text frame or a binary one, or MessagePack. Returns `undefined` when it is none of them. */
function frameOf(bytes: Uint8Array, isBinary: boolean): WireObject | undefined {
  try {
    const text = !isBinary || bytes[0] === 0x7b || bytes[0] === 0x5b;
    const frame: unknown = text ? JSON.parse(Buffer.from(bytes).toString('utf8')) : decode(bytes);
    return isWireObject(frame) ? frame : undefined;
  } catch {
    return undefined;
  }
}
