import { decode, encode } from '@msgpack/msgpack';
import type { Json } from './alpaca-words.ts';
import type { Faults } from './faults.ts';

/** What this file uses of a socket of the `ws` library. */
export interface StreamSocket {
  send(data: Buffer): void;
  terminate(): void;
  on(event: 'message', listener: (data: Buffer) => void): void;
  on(event: 'close' | 'error', listener: () => void): void;
}

const REORDER_FLUSH_MS = 20;

/** Who listens to the trade updates of whom. An update goes to those who listen at that moment; nothing is told again. */
export class TradeStream {
  readonly #listeners = new Map<string, Set<(message: Json) => void>>();
  readonly #sockets = new Set<StreamSocket>();
  readonly #isKnown: (keyId: string, secret: string) => boolean;

  constructor(isKnown: (keyId: string, secret: string) => boolean) {
    this.#isKnown = isKnown;
  }

  /** Serves one socket: authenticate → listen → trade updates, in binary frames. */
  serve(socket: StreamSocket, spelling: 'json' | 'msgpack'): void {
    let keyId: string | null = null;
    let listener: ((message: Json) => void) | null = null;
    const tell = (stream: string, data: Json) =>
      socket.send(
        spelling === 'json' ? Buffer.from(JSON.stringify({ stream, data })) : Buffer.from(encode({ stream, data })),
      );
    const stop = () => {
      this.#sockets.delete(socket);
      if (keyId !== null && listener !== null) this.#listeners.get(keyId)?.delete(listener);
    };
    this.#sockets.add(socket);
    socket.on('close', stop);
    socket.on('error', stop);
    socket.on('message', (data) => {
      const message = read(data, spelling);
      const action = message['action'];
      if (action === 'authenticate' || action === 'auth') {
        const given = action === 'auth' ? message : ((message['data'] ?? {}) as Json);
        const key = String(given[action === 'auth' ? 'key' : 'key_id'] ?? '');
        const secret = String(given[action === 'auth' ? 'secret' : 'secret_key'] ?? '');
        const isKnown = this.#isKnown(key, secret);
        if (isKnown) keyId = key;
        tell('authorization', { status: isKnown ? 'authorized' : 'unauthorized', action });
      } else if (action === 'listen') {
        if (keyId === null) return tell('listening', { error: 'not authenticated' });
        const wanted = ((message['data'] ?? {}) as Json)['streams'];
        const streams = Array.isArray(wanted) ? wanted.filter((name) => name === 'trade_updates') : [];
        if (listener !== null) this.#listeners.get(keyId)?.delete(listener);
        listener = streams.length === 0 ? null : (update) => tell('trade_updates', update);
        if (listener !== null) this.#add(keyId, listener, socket);
        tell('listening', { streams });
      }
    });
  }

  readonly #socketOf = new WeakMap<(message: Json) => void, StreamSocket>();
  readonly #late = new Map<string, { readonly messages: Json[]; readonly timer: NodeJS.Timeout }>();

  #add(keyId: string, listener: (message: Json) => void, socket: StreamSocket): void {
    const listeners = this.#listeners.get(keyId);
    if (listeners === undefined) this.#listeners.set(keyId, new Set([listener]));
    else listeners.add(listener);
    this.#socketOf.set(listener, socket);
  }

  isHeard(keyId: string): boolean {
    return (this.#listeners.get(keyId)?.size ?? 0) > 0;
  }

  /** Tells an update, or loses, repeats or delays it, as the faults say. */
  tell(keyId: string, update: Json, faults: Faults): void {
    if (!this.isHeard(keyId)) return;
    if (faults.strikes('drop_stream')) {
      this.drop(keyId);
      return;
    }
    if (faults.strikes('reorder_events')) {
      this.#delay(keyId, update);
      return;
    }
    this.#send(keyId, update);
    if (faults.strikes('duplicate_events')) this.#send(keyId, update);
    if (faults.strikes('unknown_events')) this.#send(keyId, { ...update, event: 'restated' });
    this.#flush(keyId);
  }

  /** Cuts every connection of the account, without a word. */
  drop(keyId: string): void {
    for (const listener of [...(this.#listeners.get(keyId) ?? [])]) this.#socketOf.get(listener)?.terminate();
    this.#listeners.delete(keyId);
  }

  close(): void {
    for (const { timer } of this.#late.values()) clearTimeout(timer);
    for (const socket of this.#sockets) socket.terminate();
  }

  #send(keyId: string, update: Json): void {
    for (const listener of this.#listeners.get(keyId) ?? []) listener(update);
  }

  /** Told after the next one, or by itself when none comes. */
  #delay(keyId: string, update: Json): void {
    const late = this.#late.get(keyId);
    if (late !== undefined) {
      late.messages.push(update);
      return;
    }
    const timer = setTimeout(() => this.#flush(keyId), REORDER_FLUSH_MS);
    timer.unref();
    this.#late.set(keyId, { messages: [update], timer });
  }

  #flush(keyId: string): void {
    const late = this.#late.get(keyId);
    if (late === undefined) return;
    clearTimeout(late.timer);
    this.#late.delete(keyId);
    for (const update of late.messages) this.#send(keyId, update);
  }
}

function read(data: Buffer, spelling: 'json' | 'msgpack'): Json {
  try {
    const message: unknown = spelling === 'json' ? JSON.parse(data.toString('utf8')) : decode(data);
    return typeof message === 'object' && message !== null ? (message as Json) : {};
  } catch {
    return {};
  }
}
