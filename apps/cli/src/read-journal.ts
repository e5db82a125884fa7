import { readFile } from 'node:fs/promises';
import { type ExecutionEventWire, eventFromWire } from '@bellwether/contracts';
import { BellwetherError } from '@bellwether/domain';
import { readConfig, readRecordedExecution } from '@bellwether/server';
import { type ReadJournal, readJournalLines } from './journal-lines.ts';

/** Reads an execution of this installation by its id, or a journal file. Throws `replay/unreadable`, `execution/not-found`. */
export function readJournal(idOrPath: string): Promise<ReadJournal> {
  return UUID.test(idOrPath) ? readExecution(idOrPath) : readJournalFile(idOrPath);
}

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
