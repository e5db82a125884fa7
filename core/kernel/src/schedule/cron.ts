import { BellwetherError, type EpochMs } from '@bellwether/domain';
import { Cron } from 'croner';

/** `?` would be replaced by the time at which the process starts. */
const FIVE_FIELDS = /^[^\s?@]+(?:\s+[^\s?@]+){4}$/;

/**
 * Reads a cron expression of five fields, weekdays 0 = Sunday as cron counts them. Of the local times that a change of
 * clock skips or repeats, a fixed time fires once, at the first valid instant; a stepped one fires at each instant that exists.
 * Throws `schedule/bad-cron`.
 */
export function parseCron(expression: string, timezone: string): Cron {
  const bad = (reason: string, cause?: unknown) =>
    new BellwetherError(
      'invalid',
      'schedule/bad-cron',
      `expected a cron expression of five fields such as "35 9 * * 1-5", was "${expression}" (${reason}); correct the expression`,
      { expression },
      cause,
    );
  if (!FIVE_FIELDS.test(expression.trim())) throw bad('five fields without ? are read');
  try {
    return new Cron(expression.trim(), { timezone, mode: '5-part', paused: true });
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error), error);
  }
}

/** Returns the first instant after `after` at which the expression is due, `null` when there is none. */
export function nextCronInstant(cron: Cron, after: EpochMs): EpochMs | null {
  return cron.nextRun(new Date(after))?.getTime() ?? null;
}
