import { HttpErrorResponse } from '@angular/common/http';
import type { WireProblem } from './wire.ts';

/** What went wrong with a request, in words for people. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly sentence: string;
  readonly detail: string;
  readonly instance: string;
}

const SENTENCES: Readonly<Record<string, string>> = {
  'network/unreachable': 'The server did not answer.',
  'pipeline/not-found': 'This pipeline does not exist.',
  'execution/not-found': 'This execution does not exist.',
  'report/not-found': 'This report does not exist.',
};

/** Reads any failure of a request as a problem; a failure without a body is the network's. */
export function toProblem(error: unknown): Problem {
  const response = httpError(error);
  if (response === undefined) return unreachable(error instanceof Error ? error.message : String(error));
  if (response.status === 0) return unreachable('The connection failed or was refused.');
  const body: unknown = response.error;
  if (!isWireProblem(body)) {
    return {
      status: response.status,
      code: `http/${response.status}`,
      sentence: response.status === 404 ? 'This does not exist.' : `The server answered ${response.status}.`,
      detail: response.statusText,
      instance: response.url ?? '',
    };
  }
  // A detail that already says it is not said twice.
  const fields = (body.errors ?? [])
    .filter((entry) => !(body.detail ?? '').includes(entry.message))
    .map((entry) => `${entry.path}: ${entry.message}`)
    .join(' · ');
  return {
    status: body.status,
    code: body.code,
    sentence: SENTENCES[body.code] ?? body.title,
    detail: [body.detail, fields].filter((part) => part !== undefined && part !== '').join(' '),
    instance: body.instance ?? '',
  };
}

function httpError(error: unknown): HttpErrorResponse | undefined {
  if (error instanceof HttpErrorResponse) return error;
  return error instanceof Error && error.cause instanceof HttpErrorResponse ? error.cause : undefined;
}

function unreachable(detail: string): Problem {
  return { status: 0, code: 'network/unreachable', sentence: 'The server did not answer.', detail, instance: '' };
}

function isWireProblem(body: unknown): body is WireProblem {
  return typeof body === 'object' && body !== null && 'code' in body && 'title' in body;
}
