import { badConfig, parseCron, readConfig, readField, type TimeSchedule, zoneClock } from '@bellwether/kernel';
import Type, { type Static } from 'typebox';

const AGENT = 'time_trigger';
const closed = { additionalProperties: false };
const timezone = Type.Optional(
  Type.String({
    title: 'Time zone',
    description: 'IANA name.',
    default: 'America/New_York',
    minLength: 1,
    maxLength: 64,
  }),
);

/** What the form of a time trigger is drawn from; names and units of the wire. */
export const TimeTriggerSchema = Type.Object(
  {
    schedule: Type.Optional(
      Type.Union(
        [
          Type.Object(
            {
              type: Type.Literal('market_hours', {
                title: 'After the open',
                description: 'Each session.',
                default: 'market_hours',
              }),
              market: Type.Optional(
                Type.Enum(['US', '24/7'], { title: 'Market', description: 'Whose sessions count.', default: 'US' }),
              ),
              offset_minutes: Type.Optional(
                Type.Integer({
                  title: 'Minutes after the open',
                  description: 'At or after an early close the day is left out.',
                  default: 5,
                  minimum: 0,
                  maximum: 1439,
                }),
              ),
            },
            closed,
          ),
          Type.Object(
            {
              type: Type.Literal('specific_time', {
                title: 'Time of day',
                description: 'On chosen weekdays.',
                default: 'specific_time',
              }),
              time: Type.String({
                title: 'Time',
                description: 'HH:MM in the time zone.',
                default: '09:35',
                format: 'time-of-day',
                pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
              }),
              timezone,
              days: Type.Optional(
                Type.Array(Type.Integer({ minimum: 0, maximum: 6 }), {
                  title: 'Days',
                  description: '0 is Monday.',
                  default: [0, 1, 2, 3, 4],
                  minItems: 1,
                  maxItems: 7,
                }),
              ),
            },
            closed,
          ),
          Type.Object(
            {
              type: Type.Literal('cron', { title: 'Cron', description: 'A cron expression.', default: 'cron' }),
              expression: Type.String({
                title: 'Expression',
                description: 'Minute, hour, day, month, weekday (0 is Sunday).',
                default: '35 9 * * 1-5',
                format: 'cron',
              }),
              timezone,
            },
            closed,
          ),
        ],
        {
          title: 'When',
          description: 'The instants at which a waiting run starts.',
          default: { type: 'market_hours', market: 'US', offset_minutes: 5 },
        },
      ),
    ),
  },
  closed,
);

export interface TimeTriggerConfig {
  readonly schedule: TimeSchedule;
}

/** Reads a node's config. Throws `config/invalid` for an unknown zone or a cron expression that names no instant. */
export function timeTriggerConfig(config: unknown): TimeTriggerConfig {
  const { schedule } = readConfig(AGENT, TimeTriggerSchema, config);
  const read = fromWire(schedule);
  if (read.type === 'market_hours' && read.market === 'US' && read.offsetMinutes > 389) {
    throw badConfig(AGENT, 'schedule.offset_minutes', `expected 0 to 389 for the US market, was ${read.offsetMinutes}`);
  }
  if (read.type !== 'market_hours') readField(AGENT, 'schedule.timezone', () => zoneClock(read.timezone));
  if (read.type === 'cron') readField(AGENT, 'schedule.expression', () => parseCron(read.expression, read.timezone));
  return { schedule: read };
}

function fromWire(wire: Required<Static<typeof TimeTriggerSchema>>['schedule']): TimeSchedule {
  switch (wire.type) {
    case 'market_hours':
      return { type: wire.type, market: wire.market ?? 'US', offsetMinutes: wire.offset_minutes ?? 5 };
    case 'specific_time':
      return {
        type: wire.type,
        time: wire.time,
        timezone: wire.timezone ?? 'America/New_York',
        days: wire.days ?? [0, 1, 2, 3, 4],
      };
    case 'cron':
      return { type: wire.type, expression: wire.expression, timezone: wire.timezone ?? 'America/New_York' };
    default:
      return wire satisfies never;
  }
}
