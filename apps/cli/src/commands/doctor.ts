import { diagnose, readConfig, verifyAudit } from '@bellwether/server';
import { type Command, readArguments, usage } from '../command.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'says what is missing or wrong on this machine',
  usage: 'bellwether doctor [--audit] [--json]',
  async run(args, output) {
    const { values, positionals } = readArguments(args, { audit: { type: 'boolean' }, json: { type: 'boolean' } });
    if (positionals.length > 0) throw usage(`expected no argument, was "${positionals[0]}"`);
    const config = readConfig();
    const findings = [...(await diagnose(config)), ...(values.audit === true ? await verifyAudit(config) : [])];
    if (values.json)
      output.out(JSON.stringify(findings.map(({ subject, isWell, text }) => ({ subject, ok: isWell, text }))));
    else
      for (const { subject, isWell, text } of findings) output.out(`${isWell ? 'ok   ' : 'wrong'} ${subject}: ${text}`);
    return findings.every(({ isWell }) => isWell) ? 0 : 1;
  },
};
