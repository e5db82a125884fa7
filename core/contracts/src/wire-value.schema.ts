import Type, { type Static, type TSchema } from 'typebox';

/** An exact decimal in plain notation: money, a price or a quantity. */
export const DecimalText = Type.String({ pattern: '^-?\\d+(\\.\\d+)?$', examples: ['150.50'] });
/** An instant, RFC 3339 in UTC. */
export const Instant = Type.String({ format: 'date-time', examples: ['2026-11-27T14:30:00Z'] });
export const Id = Type.String({ minLength: 1 });
export const TimeframeName = Type.Enum(['1m', '5m', '15m', '1h', '4h', '1d']);
export const TradingModeName = Type.Enum(['validation', 'simulation', 'paper', 'live']);
/** Where orders go: nowhere, a simulated exchange, the sandbox broker, a broker's paper or live account; none where no broker is configured. */
export const VenueName = Type.Enum(['refusing', 'simulated', 'sandbox', 'paper', 'live', 'none']);
export type VenueName = Static<typeof VenueName>;
export const RunModeName = Type.Enum(['run_once', 'run_continuous', 'run_scheduled', 'run_on_signal']);
export const SideName = Type.Enum(['buy', 'sell']);
export const PositionSide = Type.Enum(['long', 'short']);

/** The value, or null where it is not defined. */
export function Nullable<S extends TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()]);
}

/** An object whose keys are not known beforehand. `additionalProperties` rather than a pattern, which client generators understand. */
export function MapOf<S extends TSchema>(schema: S) {
  return Type.Unsafe<Record<string, Static<S>>>({ type: 'object', additionalProperties: schema });
}

/** A JSON object that somebody else's schema describes: a node's config, a pipeline document. */
export const OpenObject = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true });

/** One page of a list; `next_cursor` is null on the last. */
export function PageOf<S extends TSchema>(item: S) {
  return Type.Object({ items: Type.Array(item), next_cursor: Nullable(Type.String()) });
}

/** A list that is always whole. */
export function ListOf<S extends TSchema>(item: S) {
  return Type.Object({ items: Type.Array(item) });
}
