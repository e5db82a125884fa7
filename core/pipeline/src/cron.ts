const FIELDS = [
  { name: 'minute', low: 0, high: 59, names: [] as string[] },
  { name: 'hour', low: 0, high: 23, names: [] as string[] },
  { name: 'day of month', low: 1, high: 31, names: [] as string[] },
  { name: 'month', low: 1, high: 12, names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ') },
  { name: 'day of week', low: 0, high: 7, names: 'SUN MON TUE WED THU FRI SAT'.split(' ') },
];

/** Returns what is wrong with a five-field cron expression in one clause, or null. */
export function cronProblem(expression: string): string | null {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== 5) return `expected five fields (minute hour day month weekday), was "${expression}"`;
  for (const [i, field] of FIELDS.entries()) {
    const part = parts[i] as string;
    if (!part.split(',').every((item) => isItem(item, field))) {
      return `expected ${field.low} to ${field.high}, *, a range, a step or a list in the ${field.name} field, was "${part}"`;
    }
  }
  return null;
}

function isItem(item: string, field: (typeof FIELDS)[number]): boolean {
  const [range = '', step, more] = item.split('/');
  if (more !== undefined || (step !== undefined && !(/^\d+$/.test(step) && Number(step) > 0))) return false;
  if (range === '*') return true;
  const ends = range.split('-');
  if (ends.length > 2 || (step !== undefined && ends.length === 1)) return false;
  const numbers = ends.map((end) => {
    const named = field.names.indexOf(end.toUpperCase());
    return named >= 0 ? named + (field.name === 'month' ? 1 : 0) : /^\d+$/.test(end) ? Number(end) : Number.NaN;
  });
  const [from, to = from] = numbers as [number, number?];
  return from >= field.low && (to as number) <= field.high && from <= (to as number);
}
