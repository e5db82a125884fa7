import pg from 'pg';

/** Connection and shutdown, transactions that lost against others, resources that ran out, and a server that only reads for now. */
const AWAY = /^(08|40|53|57|58)|^(55006|55P03|25006)$/;

/** How a connection breaks, as the machine says it. */
const NETWORK: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOENT',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/** How it breaks as the driver says it, which gives these errors no code. */
const DRIVER =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|There was an error establishing an SSL connection)/;

/** Whether the database is away, or was too busy with others: the same may succeed later. Anything else is a mistake of ours, and stays one. */
export function isOutage(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return AWAY.test(error.code ?? '');
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isOutage);
  return typeof code === 'string' ? NETWORK.has(code) : DRIVER.test(error.message);
}
