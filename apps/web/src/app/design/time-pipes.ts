import { Pipe, type PipeTransform } from '@angular/core';
import { formatClock, formatDay, formatDayClock } from './exchange-time.ts';

type Form = 'clock' | 'day' | 'day-clock';

/** Exchange time with its zone; null reads "–" because nothing has happened yet. */
@Pipe({ name: 'exchangeTime' })
export class ExchangeTime implements PipeTransform {
  transform(instant: string | null | undefined, form: Form = 'day-clock'): string {
    if (instant === null || instant === undefined) return '–';
    if (form === 'clock') return formatClock(instant);
    return form === 'day' ? formatDay(instant) : formatDayClock(instant);
  }
}
