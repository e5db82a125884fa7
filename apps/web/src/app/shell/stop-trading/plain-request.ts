import { InjectionToken, inject } from '@angular/core';
import { API_BASE } from '../../api/routes.ts';

export type PlainFetch = (url: string, init: RequestInit) => Promise<Response>;

export const PLAIN_FETCH = new InjectionToken<PlainFetch>('fetch as the browser has it', {
  providedIn: 'root',
  factory: () => (url, init) => fetch(url, init),
});

/** What came of one request: an answer, a refusal in words, or nothing in time. */
export type PlainAnswer =
  | { readonly kind: 'answered'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly text: string }
  | { readonly kind: 'unanswered'; readonly text: string };

export type PlainRequest = (
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
  idempotencyKey?: string,
) => Promise<PlainAnswer>;

/** Nobody waits longer than this to learn that nothing was confirmed. */
export const ANSWER_WITHIN_MS = 2500;

/**
 * Asks the server with nothing between: no interceptor, no store, no stream. Stopping must work when those do not.
 * Never rejects.
 */
export const PLAIN_REQUEST = new InjectionToken<PlainRequest>('asks the server without the app', {
  providedIn: 'root',
  factory: () => {
    const send = inject(PLAIN_FETCH);
    return async (method, path, body, idempotencyKey) => {
      const headers: Record<string, string> = { accept: 'application/json' };
      if (body !== undefined) headers['content-type'] = 'application/json';
      if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
      const request: RequestInit = {
        method,
        headers,
        cache: 'no-store',
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      };
      try {
        const response = await send(
          `${API_BASE}${path}`,
          body === undefined ? request : { ...request, body: JSON.stringify(body) },
        );
        const text = await response.text();
        const parsed: unknown = text === '' ? null : JSON.parse(text);
        if (response.ok) return { kind: 'answered', body: parsed };
        // The server itself is in trouble: the same request may well be answered in a moment.
        if (response.status >= 500 || response.status === 429) {
          return { kind: 'unanswered', text: `The server answered ${response.status}` };
        }
        return { kind: 'refused', status: response.status, ...problemWords(parsed, response.status) };
      } catch (error) {
        const isLate = error instanceof DOMException && error.name === 'TimeoutError';
        return {
          kind: 'unanswered',
          text: isLate ? 'The server did not answer in time' : 'The server cannot be reached',
        };
      }
    };
  },
});

function problemWords(body: unknown, status: number): { code: string; text: string } {
  const field = (name: string) => {
    const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  if (status === 401) return { code: field('code'), text: 'You are signed out: sign in and stop again' };
  return {
    code: field('code'),
    text: [field('title'), field('detail')].filter((part) => part !== '').join(': ') || `The server answered ${status}`,
  };
}
