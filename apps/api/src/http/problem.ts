/** The one place that turns failures into RFC 9457 problems: BellwetherError, Fastify's own and the database's ──▶ problem. */
import type { ProblemWire } from '@bellwether/contracts';
import { BellwetherError, type FailureCode, type FailureKind, isBellwetherError } from '@bellwether/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

const BY_KIND: Readonly<Record<FailureKind, number>> = {
  retryable: 503,
  conflict: 409,
  rejected: 422,
  invalid: 400,
  unknown_outcome: 502,
  bug: 500,
};

const BY_CODE: Partial<Readonly<Record<FailureCode, number>>> = {
  'pipeline/not-found': 404,
  'execution/not-found': 404,
  'report/not-found': 404,
  'position/not-found': 404,
  'order/not-found': 404,
  'account/not-found': 404,
  'agent/unknown': 404,
  'request/not-found': 404,
  'pipeline/stale-version': 412,
  'auth/required': 401,
  'auth/refused': 401,
  'auth/bad-origin': 403,
  'auth/rate-limited': 429,
  'safety/step-up-required': 403,
  'request/too-large': 413,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request could not be understood',
  401: 'Sign in first',
  403: 'Not allowed like this',
  404: 'Not found',
  409: 'The state has changed',
  412: 'Somebody else saved first',
  413: 'The request is too large',
  415: 'Only JSON is understood',
  422: 'Understood, but refused',
  429: 'Too many attempts',
  500: 'Something broke on our side',
  502: 'The outcome is not known',
  503: 'Not available at the moment',
};

/** Error codes by which PostgreSQL and the network say that the database is away. */
const AWAY = /^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|08...|57P0[123]|53300)$/;
const AWAY_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|driver has already been destroyed)/;

/** Returns the failure behind anything that was thrown. */
export function toFailure(error: unknown): BellwetherError {
  if (isBellwetherError(error)) return error;
  const {
    code = '',
    statusCode,
    message = String(error),
  } = error as { code?: string; statusCode?: number; message?: string };
  if (AWAY.test(code) || AWAY_MESSAGE.test(message)) {
    return new BellwetherError(
      'retryable',
      'database/unreachable',
      'expected the database to answer, was not reachable; try again in a moment, or run "bellwether doctor" on the server',
      {},
      error,
    );
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new BellwetherError(
      'invalid',
      'request/invalid',
      'expected a body of content type application/json; set the Content-Type header',
      { status: 415 },
      error,
    );
  }
  if (statusCode === 413) {
    return new BellwetherError(
      'invalid',
      'request/too-large',
      'expected a body of at most 1 MiB; send less',
      {},
      error,
    );
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new BellwetherError('invalid', 'request/invalid', sentence(message), {}, error);
  }
  return new BellwetherError(
    'bug',
    'server/internal',
    'expected an answer, was an error of ours; it is in the server log',
    {},
    error,
  );
}

function sentence(message: string): string {
  return message.startsWith('expected') ? message : `expected a well-formed request: ${message}`;
}

export function statusOf(failure: BellwetherError): number {
  const given = failure.details['status'];
  return typeof given === 'number' ? given : (BY_CODE[failure.code] ?? BY_KIND[failure.kind]);
}

/** Describes a failure to its caller. `details.errors` names fields, `details.extensions` are members of their own. */
export function problemOf(failure: BellwetherError, instance: string): ProblemWire {
  const status = statusOf(failure);
  const { errors, extensions } = failure.details as {
    errors?: ProblemWire['errors'];
    extensions?: Readonly<Record<string, unknown>>;
  };
  return {
    type: `urn:bellwether:problem:${failure.code.replace('/', ':')}`,
    title: TITLES[status] ?? 'The request failed',
    status,
    code: failure.code,
    detail: failure.message,
    instance,
    errors: errors ?? [],
    ...extensions,
  };
}

/** Sends anything thrown as a problem, and logs what is ours to repair. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = toFailure(error);
  const status = statusOf(failure);
  if (status >= 500) request.log.error({ err: failure.cause ?? failure, code: failure.code }, 'a request failed');
  const retryAfter = failure.details['retryAfterSeconds'];
  if (typeof retryAfter === 'number') reply.header('retry-after', String(retryAfter));
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .serializer(JSON.stringify)
    .send(problemOf(failure, request.url.split('?')[0] ?? '/'));
}

/** The answer to an id that is unknown or belongs to somebody else: nobody can tell which. */
export function notFound(code: FailureCode, what: string, id: string): BellwetherError {
  return new BellwetherError('invalid', code, `expected the id of ${what} of yours, was "${id}"`, { id });
}
