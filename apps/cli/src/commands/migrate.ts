import { migrateDatabase, readConfig } from '@bellwether/server';
import { type Command, readArguments, usage } from '../command.ts';

export const migrate: Command = {
  name: 'migrate',
  summary: 'brings the database to this version',
  usage: 'bellwether migrate [--json]',
  async run(args, output) {
    const { values, positionals } = readArguments(args, { json: { type: 'boolean' } });
    if (positionals.length > 0) throw usage(`expected no argument, was "${positionals[0]}"`);
    const { applied, total } = await migrateDatabase(readConfig());
    if (values.json) {
      output.out(JSON.stringify({ applied, total }));
      return 0;
    }
    for (const name of applied) output.out(`applied ${name}`);
    output.out(
      applied.length === 0 ? `up to date, ${total} migrations` : `${applied.length} of ${total} migrations applied`,
    );
    return 0;
  },
};
