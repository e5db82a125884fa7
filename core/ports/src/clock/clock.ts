/** What time it is. To be woken later is a command, not a method. */
export interface Clock {
  now(): Temporal.Instant;
}
