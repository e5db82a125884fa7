import type { Writable } from 'node:stream';
import { type ExecutionEventWire, eventFromWire, eventToWire } from '@bellwether/contracts';
import { BellwetherError } from '@bellwether/domain';
import type { ExecutionEvent, RecordedAnswer } from '@bellwether/kernel';

/** The first line of a journal file: what was run, so that the file alone can be decided again. */
export interface JournalHeader {
  readonly kind: 'header';
  readonly format: 1;
  readonly document: unknown;
  readonly symbols: readonly string[];
}

type JournalLine =
  | JournalHeader
  | { readonly kind: 'answers'; readonly hash: string; readonly answers: readonly RecordedAnswer[] }
  | { readonly kind: 'event'; readonly event: ExecutionEventWire };

/** Writes a journal as lines of JSON: a header, then events, each after the answers it rests on. */
export class JournalLines {
  readonly #out: Writable;
  readonly #known = new Set<string>();

  constructor(out: Writable, document: unknown, symbols: readonly string[]) {
    this.#out = out;
    this.#write({ kind: 'header', format: 1, document, symbols });
  }

  readonly answers = (hash: string, answers: readonly RecordedAnswer[]): void => {
    if (this.#known.has(hash)) return;
    this.#known.add(hash);
    this.#write({ kind: 'answers', hash, answers });
  };

  readonly event = (executionId: string, journalSeq: number, event: ExecutionEvent): void => {
    const envelope = { executionId, pipelineId: 'backtest', journalSeq, seq: null, recordedAt: event.at };
    this.#write({ kind: 'event', event: eventToWire(event, envelope) });
  };

  #write(line: JournalLine): void {
    this.#out.write(`${JSON.stringify(line)}\n`);
  }
}

export interface ReadJournal {
  /** Null for bare events, as `bellwether run` prints them: enough to compare, not to decide again. */
  readonly header: JournalHeader | null;
  readonly executions: ReadonlyMap<string, readonly ExecutionEvent[]>;
  readonly answers: ReadonlyMap<string, readonly RecordedAnswer[]>;
}

/** Reads what `JournalLines` wrote, or bare events. A line that is neither fails with its number. */
export function readJournalLines(text: string, name: string): ReadJournal {
  let header: JournalHeader | null = null;
  const executions = new Map<string, ExecutionEvent[]>();
  const answers = new Map<string, readonly RecordedAnswer[]>();
  text.split('\n').forEach((source, index) => {
    if (source === '') return;
    let line: JournalLine;
    try {
      const parsed = JSON.parse(source) as JournalLine | ExecutionEventWire;
      line =
        'event' in parsed && typeof parsed.event === 'string'
          ? bare(parsed as ExecutionEventWire)
          : (parsed as JournalLine);
    } catch (error) {
      throw new BellwetherError(
        'invalid',
        'replay/unreadable',
        `${name}:${index + 1}: expected a line of JSON, was not`,
        {},
        error,
      );
    }
    if (line.kind === 'header') header = line;
    else if (line.kind === 'answers') answers.set(line.hash, line.answers);
    else if (line.kind === 'event') {
      const events = executions.get(line.event.execution_id) ?? [];
      events.push(eventFromWire(line.event));
      executions.set(line.event.execution_id, events);
    } else
      throw new BellwetherError(
        'invalid',
        'replay/unreadable',
        `${name}:${index + 1}: expected a header, answers or an event, was neither`,
      );
  });
  if (header === null && executions.size === 0)
    throw new BellwetherError(
      'invalid',
      'replay/unreadable',
      `${name}: expected a header line or events, found none; write the journal with "bellwether backtest --journal" or "bellwether run"`,
    );
  return { header, executions, answers };
}

function bare(event: ExecutionEventWire): JournalLine {
  return { kind: 'event', event };
}
