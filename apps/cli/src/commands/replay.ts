import { BellwetherError } from '@bellwether/domain';
import { replayExecution } from '@bellwether/virtual';
import { type Command, readArguments, usage } from '../command.ts';
import { planOf } from '../read-document.ts';
import { readJournal } from '../read-journal.ts';

export const replay: Command = {
  name: 'replay',
  summary: 'decides a journal again and prints the first difference, or "identical"',
  usage: `bellwether replay <execution-id | journal.jsonl> [--json]

An execution is read from the database of this installation; a journal file is what \`bellwether backtest --journal\` writes.`,
  async run(args, output) {
    const { values, positionals } = readArguments(args, { json: { type: 'boolean' } });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0)
      throw usage(`expected one execution id or journal file, was ${positionals.length}`);
    const journal = await readJournal(path);
    const { header } = journal;
    if (header === null)
      throw new BellwetherError(
        'invalid',
        'replay/unreadable',
        `${path}: expected a header line first, found none; write the journal with "bellwether backtest --journal"`,
      );
    const plan = planOf(header.document, path, { symbols: header.symbols });
    let decisions = 0;
    for (const [executionId, events] of journal.executions) {
      const verdict = replayExecution(plan, executionId, events, (hash) => journal.answers.get(hash));
      if (verdict.kind === 'different') {
        output.out(
          values.json
            ? JSON.stringify(verdict)
            : `different at execution ${executionId}, journal_seq ${verdict.journalSeq}, node ${verdict.agentId}\n  recorded ${verdict.recorded}\n  decided  ${verdict.decided}`,
        );
        return 1;
      }
      decisions += verdict.decisions;
    }
    output.out(
      values.json
        ? JSON.stringify({ kind: 'identical', executions: journal.executions.size, decisions })
        : `identical: ${journal.executions.size} executions, ${decisions} decisions`,
    );
    return 0;
  },
};
