import { BellwetherError } from '@bellwether/domain';
import { readConfig, releasePlatform, stopPlatform } from '@bellwether/server';
import { type Command, readArguments, usage } from '../command.ts';

export const halt: Command = {
  name: 'halt',
  summary: 'stops trading for everybody on this installation, until it is released',
  usage: 'bellwether halt --reason TEXT [--flatten] [--json]\n       bellwether halt --release --reason TEXT [--json]',
  async run(args, output) {
    const { values, positionals } = readArguments(args, {
      reason: { type: 'string' },
      flatten: { type: 'boolean' },
      release: { type: 'boolean' },
      json: { type: 'boolean' },
    });
    if (positionals.length > 0) throw usage(`expected no argument, was "${positionals[0]}"`);
    const reason = values.reason?.trim() ?? '';
    if (reason === '') throw usage('expected --reason to say why, it is kept on record; was missing');
    const { flatten = false, release = false, json = false } = values;
    if (release && flatten) throw usage('expected --flatten or --release, were both');
    const config = readConfig();
    if (release) {
      const stood = await releasePlatform(config, reason);
      if (stood === undefined)
        throw new BellwetherError(
          'conflict',
          'safety/not-engaged',
          'expected a stop of the whole installation, there is none; stops of users, accounts and pipelines are released in the web app',
        );
      output.out(
        json
          ? JSON.stringify({ released: true, engaged_at: stood.engagedAt.toString() })
          : `released the stop of ${stood.engagedAt}; stops of users, accounts and pipelines stay`,
      );
      return 0;
    }
    const stop = await stopPlatform(config, { reason, flatten });
    output.out(
      json
        ? JSON.stringify({ engaged_at: stop.engagedAt.toString(), reason: stop.reason, flatten: stop.flatten })
        : `trading is stopped for everybody since ${stop.engagedAt}: ${stop.reason}; entries are canceled, ${stop.flatten ? 'positions are closed' : 'positions keep their stops'}; release it with: bellwether halt --release --reason TEXT`,
    );
    return 0;
  },
};
