/** The command line: `bellwether <command>`. Errors are one sentence on stderr that says what to do; exit code 0 ok, 1 failed, 2 usage. */
import { isBellwetherError } from '@bellwether/domain';
import type { Command, ExitCode, Output } from './command.ts';
import { COMMANDS } from './commands.ts';

const OUTPUT: Output = {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
};

/** Runs one call of the command line and returns its exit code; nothing is thrown for what a person can cause. */
export async function runCommandLine(args: readonly string[], output: Output): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    output.out(await overview());
    return name === undefined ? 2 : 0;
  }
  const load = COMMANDS.get(name);
  if (load === undefined) {
    output.err(
      `bellwether: expected one of ${[...COMMANDS.keys()].join(', ')}, was "${name}"; "bellwether --help" says what each does`,
    );
    return 2;
  }
  try {
    const command = await load();
    if (rest.includes('--help') || rest.includes('-h')) {
      output.out(`${command.usage}\n\n${command.summary}`);
      return 0;
    }
    return await command.run(rest, output);
  } catch (error) {
    if (!isBellwetherError(error) || error.kind === 'bug') throw error;
    output.err(`bellwether ${name}: ${error.message}`);
    return error.code === 'usage/bad-argument' ? 2 : 1;
  }
}

async function overview(): Promise<string> {
  const commands: Command[] = [];
  for (const load of COMMANDS.values()) commands.push(await load());
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`);
  return ['bellwether <command> [options]', '', ...lines, '', '"bellwether <command> --help" shows its options.'].join(
    '\n',
  );
}

if (import.meta.main) {
  process.exitCode = await runCommandLine(process.argv.slice(2), OUTPUT);
}
