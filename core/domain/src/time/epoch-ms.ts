/** An instant as whole milliseconds since 1970-01-01T00:00Z. Used in bar columns and tick loops; elsewhere `Temporal.Instant`. */
export type EpochMs = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Returns the instant as RFC 3339 in UTC, without a fraction when it is a whole second. */
export function formatInstant(at: EpochMs): string {
  const text = new Date(at).toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
}
