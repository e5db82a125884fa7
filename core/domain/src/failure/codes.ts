/** Every failure code, once. A code never changes; `area/what-happened`. */
export const FAILURE_CODES = [
  'domain/unexpected-value', 'domain/bad-decimal', 'domain/not-finite',
  'bars/unreadable', 'bars/bad-row', 'bars/unknown-symbol', 'bars/timeframe-missing', 'bars/outside-calendar', 'bars/future',
  'factors/bad-row',
  'calendar/out-of-range', 'schedule/bad-cron', 'schedule/bad-config',
  'condition/bad-operand', 'indicator/unknown', 'indicator/bad-parameter', 'indicator/bad-state',
  'pipeline/unreadable', 'pipeline/has-problems', 'pipeline/not-found', 'pipeline/not-published', 'pipeline/stale-version',
  'pipeline/already-running', 'pipeline/not-runnable', 'pipeline/outside-window', 'pipeline/archived',
  'execution/not-found', 'execution/ended', 'execution/lease-lost', 'execution/journal-conflict',
  'agent/unknown', 'agent/failed', 'agent/bad-output', 'agent/timeout',
  'order/rejected', 'order/unknown-outcome', 'order/not-found', 'order/bad-transition', 'ledger/unbalanced',
  'report/not-found', 'replay/different', 'replay/unreadable',
  'database/unreachable', 'database/in-use', 'database/migration-failed', 'database/permission', 'database/full',
  'server/port-in-use', 'config/invalid', 'usage/bad-argument',
  'auth/required', 'auth/refused', 'auth/bad-origin', 'auth/rate-limited',
  'request/invalid', 'request/not-found', 'request/too-large', 'request/idempotency-mismatch', 'server/internal',
  'tape/unknown', 'tape/ended',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];
