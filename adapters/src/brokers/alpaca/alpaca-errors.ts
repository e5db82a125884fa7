import { BellwetherError } from '@bellwether/domain';
import type { CancelOutcome, SubmitOutcome } from '@bellwether/ports';
import type { AlpacaReply } from './alpaca-http.ts';
import { isWireObject } from './alpaca-wire.ts';

type Answer = Extract<AlpacaReply, { readonly kind: 'answer' }>;
type Unfulfilled = Exclude<SubmitOutcome, { readonly kind: 'accepted' }>;

/** How much of the rate limit is left, as the last answer said. */
export interface AlpacaRateLimit {
  readonly limit: number;
  readonly remaining: number;
  readonly resetsAt: Temporal.Instant | null;
}

/** Statuses with which Alpaca has surely not taken an order. Whatever is not here leaves the outcome unknown. */
const DEFINITIVE: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 413, 415, 422]);
const DUPLICATE_CODE = 40010001;
const MUST_BE_UNIQUE = /must be unique|client_order_id.*(unique|already|exists|used)/i;
/** Texts of a 403 that concern the account and not this order; insufficient power or quantity and wash trades do not. */
const ACCOUNT_REFUSED =
  /(account|trading|user|you).{0,40}(block|restrict|suspend|disabled|closed|not active|not (allowed|authorized|permitted|eligible) to trade)|closing (transactions|orders|positions) only|liquidat\w+ only|access key|request is not authorized|^forbidden\.?$/i;
const ORDER_REFUSED = /insufficient|wash trade|asset|short|tradable|position intent/i;

/** Returns what became of an order whose answer is not an order. */
export function sendOutcome(reply: AlpacaReply): Unfulfilled {
  if (reply.kind === 'no_answer') return { kind: 'unknown', cause: reply.cause };
  if (isDuplicate(reply)) return { kind: 'duplicate' };
  if (!DEFINITIVE.has(reply.status)) return { kind: 'unknown', cause: describe(reply) };
  const { code, message } = failureOf(reply);
  return {
    kind: 'refused',
    code: code ?? `http_${reply.status}`,
    text: message ?? `Alpaca answered ${reply.status}`,
    scope: concernsAccount(reply.status, message) ? 'account' : 'order',
  };
}

/** The code for invalid parameters is also the one of an id used before: with another text than that, it is a refusal. */
function isDuplicate(reply: Answer): boolean {
  if (reply.status === 409) return true;
  const { code, message } = failureOf(reply);
  if (message !== undefined && MUST_BE_UNIQUE.test(message)) return reply.status >= 400 && reply.status < 500;
  return reply.status === 422 && code === String(DUPLICATE_CODE) && (message === undefined || message === '');
}

function concernsAccount(status: number, message: string | undefined): boolean {
  if (status === 401) return true;
  if (status !== 403 || message === undefined || ORDER_REFUSED.test(message)) return false;
  return ACCOUNT_REFUSED.test(message);
}

/** Returns what became of a request to cancel. An order that waits for a replacement cannot be cancelled yet: ask again. */
export function cancelOutcome(reply: AlpacaReply): CancelOutcome {
  if (reply.kind === 'no_answer') return 'unknown';
  if (reply.status >= 200 && reply.status < 300) return 'requested';
  if (reply.status !== 422) return 'unknown';
  const { message = '' } = failureOf(reply);
  if (/pending_cancel/.test(message)) return 'requested';
  return /pending_replace|pending_new|not found/.test(message) ? 'unknown' : 'already_terminal';
}

/** Returns why a read failed: `broker/throttled`, `broker/unauthorized`, or a retryable `broker/unreachable`. */
export function readFailure(reply: AlpacaReply, what: string): BellwetherError {
  if (reply.kind === 'no_answer') {
    return new BellwetherError(
      'retryable',
      'broker/unreachable',
      `expected ${what} from Alpaca, got no answer: ${reply.cause}`,
    );
  }
  const { status } = reply;
  if (status === 401 || status === 403) {
    const text = `expected Alpaca to accept the keys for ${what}, was ${describe(reply)}; enter the keys again`;
    return new BellwetherError('rejected', 'broker/unauthorized', text, { status });
  }
  if (status === 429) {
    const retryAfterMs = retryAfterOf(reply);
    const text = `expected ${what} from Alpaca, was ${describe(reply)}: too many requests`;
    return new BellwetherError('retryable', 'broker/throttled', text, { status, ...retryAfterMs });
  }
  if (status === 408 || status >= 500 || reply.json === undefined) {
    const text = `expected ${what} from Alpaca, was ${describe(reply)}`;
    return new BellwetherError('retryable', 'broker/unreachable', text, { status });
  }
  const text = `expected ${what} from Alpaca, was ${describe(reply)}; the adapter asks in a way that Alpaca refuses`;
  return new BellwetherError('bug', 'broker/bad-answer', text, { status });
}

/** Returns what `X-RateLimit-*` say, or `undefined` when the answer has none. */
export function rateLimitOf(reply: AlpacaReply): AlpacaRateLimit | undefined {
  if (reply.kind === 'no_answer') return undefined;
  const limit = numberIn(reply, 'x-ratelimit-limit');
  const remaining = numberIn(reply, 'x-ratelimit-remaining');
  if (limit === undefined || remaining === undefined) return undefined;
  const reset = numberIn(reply, 'x-ratelimit-reset');
  return {
    limit,
    remaining,
    resetsAt: reset === undefined ? null : Temporal.Instant.fromEpochMilliseconds(Math.round(reset * 1_000)),
  };
}

/** The instant at which the budget is full again; who waits computes how long that is by its own clock. */
function retryAfterOf(reply: Answer): { readonly retryAfterMs?: number; readonly resetsAt?: string } {
  const seconds = numberIn(reply, 'retry-after');
  const resetsAt = rateLimitOf(reply)?.resetsAt;
  return {
    ...(seconds === undefined ? {} : { retryAfterMs: seconds * 1_000 }),
    ...(resetsAt === undefined || resetsAt === null ? {} : { resetsAt: String(resetsAt) }),
  };
}

function numberIn(reply: Answer, header: string): number | undefined {
  const value = reply.headers[header];
  if (typeof value !== 'string' || value === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

function failureOf(reply: Answer): { readonly code?: string; readonly message?: string } {
  if (!isWireObject(reply.json)) return {};
  const { code, message } = reply.json;
  return {
    ...(typeof code === 'number' || (typeof code === 'string' && code !== '') ? { code: String(code) } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  };
}

/** The status and the beginning of the text: an answer is never quoted whole. */
function describe(reply: Answer): string {
  const { code, message } = failureOf(reply);
  const text = message ?? reply.text.slice(0, 120).replaceAll(/\s+/g, ' ');
  return `${reply.status}${code === undefined ? '' : ` (${code})`}${text === '' ? '' : ` "${text}"`}`;
}
