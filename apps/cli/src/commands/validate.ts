import { type Command, readArguments, usage } from '../command.ts';
import { compileDocument, readDocument } from '../read-document.ts';

export const validate: Command = {
  name: 'validate',
  summary: 'compiles a pipeline document and prints its problems',
  usage: `bellwether validate <pipeline.json> [--json]

Prints what is wrong with the document, one line each, or its nodes in the order in which they run.`,
  async run(args, output) {
    const { values, positionals } = readArguments(args, { json: { type: 'boolean' } });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw usage(`expected one pipeline document, was ${positionals.length}`);
    const { plan, problems, order } = compileDocument(await readDocument(path));
    if (values.json) output.out(JSON.stringify({ problems, order }, null, 2));
    else if (plan !== null) {
      for (const { message } of problems) output.out(`warning: ${message}`);
      output.out(`${path}: no problems; ${order.join(' → ')}`);
    } else for (const { severity, message } of problems) output.err(`${severity}: ${message}`);
    return plan === null ? 1 : 0;
  },
};
