import { diagnose, readConfig } from '@bellwether/server';
import { type Command, readArguments, usage } from '../command.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'says what is missing or wrong on this machine',
  usage: 'bellwether doctor [--json]',
  async run(args, output) {
    const { values, positionals } = readArguments(args, { json: { type: 'boolean' } });
    if (positionals.length > 0) throw usage(`expected no argument, was "${positionals[0]}"`);
    const findings = await diagnose(readConfig());
    if (values.json)
      output.out(JSON.stringify(findings.map(({ subject, isWell, text }) => ({ subject, ok: isWell, text }))));
    else
      for (const { subject, isWell, text } of findings) output.out(`${isWell ? 'ok   ' : 'wrong'} ${subject}: ${text}`);
    return findings.every(({ isWell }) => isWell) ? 0 : 1;
  },
};
