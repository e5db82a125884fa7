import { readFile } from 'node:fs/promises';
import { type ExecutionEventWire, eventFromWire } from '@bellwether/contracts';
import { BellwetherError } from '@bellwether/domain';
import { readConfig, readRecordedExecution } from '@bellwether/server';
import { replayExecution } from '@bellwether/virtual';
import { type Command, readArguments, usage } from '../command.ts';
import { type ReadJournal, readJournalLines } from '../journal-lines.ts';
import { planOf } from '../read-document.ts';

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
    const journal = UUID.test(path) ? await readExecution(path) : await readJournalFile(path);
    const plan = planOf(journal.header.document, path, { symbols: journal.header.symbols });
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

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function readExecution(id: string): Promise<ReadJournal> {
  const { document, journal, answers } = await readRecordedExecution(readConfig(), id);
  const events = journal.map((body) => eventFromWire(body as ExecutionEventWire));
  const [first] = events;
  return {
    header: { kind: 'header', format: 1, document, symbols: first?.event === 'execution_started' ? first.symbols : [] },
    executions: new Map([[id, events]]),
    answers: answers as ReadJournal['answers'],
  };
}

async function readJournalFile(path: string): Promise<ReadJournal> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new BellwetherError(
      'invalid',
      'replay/unreadable',
      `expected an execution id or a journal file, found no file at ${path}; check the path`,
      {},
      error,
    );
  }
  return readJournalLines(text, path);
}
