import { calendarOf, formatInstant, MARKETS, type Market } from '@bellwether/domain';
import { type Command, dateOption, readArguments, usage } from '../command.ts';

export const calendar: Command = {
  name: 'calendar',
  summary: 'prints sessions and closures of a market',
  usage: 'bellwether calendar [--market US|24/7] --from D --to D [--json]',
  async run(args, output) {
    const { values } = readArguments(args, {
      market: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      json: { type: 'boolean' },
    });
    const market = values.market ?? 'US';
    if (!MARKETS.includes(market as Market))
      throw usage(`expected --market to be one of ${MARKETS.join(', ')}, was "${market}"`);
    const from = dateOption(values.from, 'from');
    const to = dateOption(values.to, 'to');
    if (from === null || to === null)
      throw usage('expected --from and --to, such as --from 2026-11-23 --to 2026-11-27');
    if (from > to) throw usage(`expected --from at or before --to, was ${from} after ${to}`);
    const known = calendarOf(market as Market);
    const sessions = known.sessionsBetween(from, to).map((session) => ({
      date: session.date,
      opens_at: formatInstant(session.opensAt),
      closes_at: formatInstant(session.closesAt),
      early_close: session.earlyClose,
    }));
    const closures = known.closuresBetween(from, to);
    if (values.json) output.out(JSON.stringify({ market, sessions, closures }));
    else {
      for (const session of sessions)
        output.out(
          `${session.date}  ${session.opens_at} – ${session.closes_at}${session.early_close ? '  early close' : ''}`,
        );
      for (const closure of closures) output.out(`${closure.date}  closed: ${closure.reason}`);
    }
    return 0;
  },
};
