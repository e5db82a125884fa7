import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface AlpacaKeys {
  readonly keyId: string;
  readonly secretKey: string;
}

export interface AlpacaRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From the root of the host, with its query: "/v2/orders?status=open". */
  readonly path: string;
  readonly body?: unknown;
  /** Small, and harmless to ask again: given up after 3 s, for shares may be naked while it is out. */
  readonly isQuick?: boolean;
}

/** What came back from one request. `json` is `undefined` when the body is not JSON, as behind a proxy that answers in HTML. */
export type AlpacaReply =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly json: unknown;
      readonly text: string;
      readonly headers: IncomingHttpHeaders;
    }
  | { readonly kind: 'no_answer'; readonly cause: string };

/** Performs one request and never throws. */
export type AlpacaTransport = (request: AlpacaRequest) => Promise<AlpacaReply>;

export interface AlpacaHttpOptions {
  /** "https://paper-api.alpaca.markets", or the sandbox on loopback. */
  readonly baseUrl: string;
  readonly keys: AlpacaKeys;
  /** From the first byte out to the last byte in, where a request is not quick. */
  readonly timeoutMs: number;
}

const LARGEST_BODY = 64 * 1024 * 1024;
const QUICK_MS = 3_000;

/**
 * Returns the one road to Alpaca's REST API: each call is exactly one HTTP request. No retry, no redirect and no second try on a
 * connection that was closed: what became of a request that has no answer is for the caller to find out.
 */
export function alpacaTransport({ baseUrl, keys, timeoutMs }: AlpacaHttpOptions): AlpacaTransport {
  const secure = new URL(baseUrl).protocol === 'https:';
  const send = secure ? httpsRequest : httpRequest;
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const identity = { 'APCA-API-KEY-ID': keys.keyId, 'APCA-API-SECRET-KEY': keys.secretKey, Accept: 'application/json' };
  return ({ method, path, body, isQuick = false }) =>
    new Promise((resolve) => {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const content =
        payload === undefined
          ? {}
          : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(payload)) };
      const patienceMs = isQuick ? Math.min(QUICK_MS, timeoutMs) : timeoutMs;
      const signal = AbortSignal.timeout(patienceMs);
      const noAnswer = (error: unknown) => resolve({ kind: 'no_answer', cause: causeOf(error, signal, patienceMs) });
      const request = send(new URL(path, baseUrl), { method, agent, signal, headers: { ...identity, ...content } });
      request.once('error', noAnswer);
      request.once('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size > LARGEST_BODY) response.destroy(new Error(`the body is larger than ${LARGEST_BODY} bytes`));
        });
        response.once('error', noAnswer);
        response.once('aborted', () => noAnswer(new Error('the connection was closed inside the answer')));
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const { statusCode = 0, headers } = response;
          resolve({ kind: 'answer', status: statusCode, json: jsonOf(text), text, headers });
        });
      });
      request.end(payload);
    });
}

function causeOf(error: unknown, signal: AbortSignal, timeoutMs: number): string {
  if (signal.aborted) return `no answer within ${timeoutMs} ms`;
  return error instanceof Error ? error.message : String(error);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
