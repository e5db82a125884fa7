import { type Static, Type } from 'typebox';

const nullable = <T extends Parameters<typeof Type.Optional>[0]>(type: T) =>
  Type.Optional(Type.Union([type, Type.Null()], { default: null }));
const clockTime = (description: string) =>
  Type.Optional(
    Type.Union([Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' }), Type.Null()], {
      default: null,
      format: 'time-of-day',
      description,
    }),
  );

export const SCHEDULE_TYPES = ['cron', 'market_open', 'interval', 'time_window'] as const;

/** `schedule_config` on the wire: when runs may start. Names and defaults of the seed, meanings of trading-rules §10. */
export const ScheduleConfigDocument = Type.Object(
  {
    schedule_type: Type.Enum([...SCHEDULE_TYPES], {
      title: 'Schedule',
      description: 'What makes an instant due: a cron expression, the open, an interval or the start of a window.',
    }),
    cron_expression: nullable(Type.String({ format: 'cron', description: 'Five fields, read in the time zone.' })),
    market: Type.Optional(Type.Enum(['US', '24/7'], { default: 'US', description: 'Whose sessions count.' })),
    offset_minutes: Type.Optional(
      Type.Integer({ default: 5, minimum: 0, maximum: 389, description: 'Minutes after the session opens.' }),
    ),
    interval_minutes: nullable(Type.Integer({ minimum: 1, description: 'Minutes from one run to the next.' })),
    active_during: Type.Optional(Type.Enum(['market_hours', '24/7'], { default: 'market_hours' })),
    start_time: clockTime('Start of the window, HH:MM in the time zone.'),
    end_time: clockTime('End of the window, HH:MM in the time zone; before the start means the next day.'),
    timezone: Type.Optional(Type.String({ default: 'America/New_York', minLength: 1, maxLength: 64 })),
    active_days: Type.Optional(
      Type.Array(Type.Integer({ minimum: 0, maximum: 6 }), {
        default: [0, 1, 2, 3, 4],
        description: '0 is Monday; the day on which a window starts.',
      }),
    ),
    flatten_positions_at_end: Type.Optional(Type.Boolean({ default: false })),
    stop_pipeline_at_end: Type.Optional(Type.Boolean({ default: true })),
    max_trades_per_day: nullable(Type.Integer({ minimum: 0 })),
    max_executions_per_day: nullable(Type.Integer({ minimum: 0 })),
    stop_on_daily_loss: Type.Optional(
      Type.Union(
        [Type.Number({ minimum: 0 }), Type.String({ pattern: '^[0-9]{1,15}(\\.[0-9]{1,6})?$' }), Type.Null()],
        {
          default: null,
          description: 'USD, realized and unrealized, per exchange day.',
        },
      ),
    ),
    stop_on_drawdown: nullable(Type.Number({ minimum: 0, maximum: 100, description: 'Percent below the peak.' })),
    overlap: Type.Optional(
      Type.Enum(['skip', 'queue'], {
        default: 'skip',
        description: 'What becomes of a tick during an execution: recorded as skipped, or one run after it.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type ScheduleConfigDocument = Static<typeof ScheduleConfigDocument>;

/** When runs of a pipeline may start, and what happens at the end of its window. Times of day are HH:MM in `timezone`. */
export interface ScheduleConfig {
  readonly scheduleType: (typeof SCHEDULE_TYPES)[number];
  readonly cronExpression: string | null;
  readonly market: 'US' | '24/7';
  readonly offsetMinutes: number;
  readonly intervalMinutes: number | null;
  readonly activeDuring: 'market_hours' | '24/7';
  readonly startTime: string | null;
  readonly endTime: string | null;
  /** IANA name. */
  readonly timezone: string;
  /** 0 = Monday; the day of the window's start. */
  readonly activeDays: readonly number[];
  readonly flattenPositionsAtEnd: boolean;
  readonly stopPipelineAtEnd: boolean;
  /** Null is no limit, 0 allows none; so for all limits. */
  readonly maxTradesPerDay: number | null;
  readonly maxExecutionsPerDay: number | null;
  /** USD, exact decimal string. */
  readonly stopOnDailyLoss: string | null;
  /** Percent. */
  readonly stopOnDrawdown: number | null;
  readonly overlap: 'skip' | 'queue';
}
