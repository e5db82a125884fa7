import type { FailureCode } from './codes.ts';

/** Who acts on a failure; see the table in docs/architecture of errors. */
export type FailureKind = 'retryable' | 'conflict' | 'rejected' | 'invalid' | 'unknown_outcome' | 'bug';

/** The one failure class. `message` reads "expected X, was Y", names the place and the remedy, and blames nobody. */
export class BellwetherError extends Error {
  readonly code: FailureCode;
  readonly kind: FailureKind;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    kind: FailureKind,
    code: FailureCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'BellwetherError';
    this.kind = kind;
    this.code = code;
    this.details = details;
  }
}

export function isBellwetherError(value: unknown): value is BellwetherError {
  return value instanceof BellwetherError;
}
