// Starts a run at chosen instants: schedule → next due instant (the runtime waits) → trigger fact.
import { defineAgent, nextFire, type TimeSchedule } from '@bellwether/kernel';
import { type TimeTriggerConfig, TimeTriggerSchema, timeTriggerConfig } from './time.schema.ts';

export const timeTriggerAgent = defineAgent<TimeTriggerConfig>({
  type: 'time_trigger',
  version: 1,
  category: 'trigger',
  name: 'Time trigger',
  description: 'Starts a run at a time of day, some minutes after the open, or by a cron expression.',
  icon: 'clock',
  rate: '0',
  reads: [],
  writes: 'trigger',
  config: { schema: TimeTriggerSchema, parse: timeTriggerConfig },
  watch: ({ schedule }) => ({ kind: 'time', next: (after) => nextFire(schedule, after) }),
  decide(_input, { schedule }, { trigger }) {
    // Started by hand, the fact says so; when this trigger fired, its own words say more than "it is time".
    const value = trigger.kind === 'time' ? { ...trigger, text: `It was time: ${scheduleText(schedule)}` } : trigger;
    return { kind: 'output', output: { kind: 'trigger', value }, summary: value.text };
  },
});

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function scheduleText(schedule: TimeSchedule): string {
  switch (schedule.type) {
    case 'market_hours':
      return `${schedule.offsetMinutes} minutes after the ${schedule.market} market opens`;
    case 'specific_time':
      return `${schedule.time} ${schedule.timezone} on ${schedule.days.map((day) => DAYS[day]).join(' ')}`;
    case 'cron':
      return `cron ${schedule.expression} ${schedule.timezone}`;
    default:
      return schedule satisfies never;
  }
}
