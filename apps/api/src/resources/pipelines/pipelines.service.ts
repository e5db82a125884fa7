import { createHash, randomUUID } from 'node:crypto';
import type {
  PipelineDetailWire,
  PipelineVersionDetailWire,
  SourceRequestWire,
  SourceWire,
} from '@bellwether/contracts';
import { type Schema, violates } from '@bellwether/db';
import { BellwetherError, formatInstant, type TradingMode } from '@bellwether/domain';
import {
  canonicalJson,
  compile,
  type Problem,
  parsePipeline,
  problemToWire,
  upgradePipeline,
} from '@bellwether/pipeline';
import type { Transaction } from 'kysely';
import type { ApiOptions } from '../../api-options.ts';
import { notFound } from '../../http/problem.ts';
import { audit } from '../../records/audit.ts';
import { tellPipelineUpdated } from '../../records/stream-record.ts';
import * as store from './pipelines.store.ts';

type Tx = Transaction<Schema>;

/** What a user may do with pipelines. Every method works in the caller's transaction, as the caller's user. */
export class PipelinesService {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /** Says all that is wrong with a document; changes nothing. */
  validate(document: unknown) {
    const { problems, order } = compile(document, this.#options.agents);
    return { problems: problems.map(problemToWire), order: [...order] };
  }

  async get(transaction: Tx, userId: string, id: string): Promise<PipelineDetailWire> {
    const found = await store.findPipeline(transaction, userId, id, this.#options.paperVenue);
    if (found === undefined) throw notFound('pipeline/not-found', 'a pipeline', id);
    return found;
  }

  /** Saves a document as a new pipeline. Whatever mode it names, it lands in simulation or validation. */
  async create(
    transaction: Tx,
    userId: string,
    document: unknown,
    templateId: string | null = null,
  ): Promise<PipelineDetailWire> {
    const id = randomUUID();
    const draft = readDraft(document, id);
    const tradingMode = draft.mode === 'validation' ? 'validation' : 'simulation';
    const config = { ...draft.columns.config, trading_mode: tradingMode };
    await store.insertPipeline(transaction, userId, { ...draft.columns, config, id, tradingMode, templateId });
    await this.#tell(transaction, userId, id);
    return this.get(transaction, userId, id);
  }

  /** Saves an edit. With `ifMatch` only on top of the draft it was made from; else `pipeline/stale-version` with the current one. */
  async save(
    transaction: Tx,
    userId: string,
    id: string,
    document: unknown,
    ifMatch: string | undefined,
  ): Promise<PipelineDetailWire> {
    const current = await this.#lock(transaction, userId, id);
    refuseArchived(current);
    if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== etagOf(current)) {
      throw new BellwetherError(
        'conflict',
        'pipeline/stale-version',
        `expected the edit to be made from draft ${current.draft_version}, was from ${ifMatch}; load the current draft and edit that`,
        { extensions: { current } },
      );
    }
    const { columns } = readDraft(document, id);
    // Only the mode's own operation changes it.
    const config = { ...columns.config, trading_mode: current.trading_mode };
    await store.saveDraft(transaction, userId, id, { ...columns, config });
    await this.#tell(transaction, userId, id);
    return this.get(transaction, userId, id);
  }

  /** Archives; what it did stays on record. Refuses while it is started. */
  async archive(transaction: Tx, userId: string, id: string): Promise<void> {
    const current = await this.#lock(transaction, userId, id);
    const isAtRest = ['stopped', 'completed', 'halted'].includes(current.state) && current.open_execution_id === null;
    if (!isAtRest) {
      throw new BellwetherError(
        'conflict',
        'pipeline/already-running',
        `expected a stopped pipeline, was ${current.state}; stop it first`,
      );
    }
    await store.archivePipeline(transaction, userId, id);
    await audit(transaction, userId, { action: 'pipeline_archived', subjectType: 'pipeline', subjectId: id });
    await this.#tell(transaction, userId, id);
  }

  async clone(transaction: Tx, userId: string, id: string, name: string | undefined): Promise<PipelineDetailWire> {
    const original = await this.get(transaction, userId, id);
    const copied = name ?? `${original.name.slice(0, 240)} (copy)`;
    return this.create(transaction, userId, { ...original.config, name: copied }, original.template_id);
  }

  /** Freezes the draft as the next version; a draft that is already the published version stays that version. */
  async publish(transaction: Tx, userId: string, id: string, note: string | null): Promise<PipelineVersionDetailWire> {
    const current = await this.#lock(transaction, userId, id);
    refuseArchived(current);
    this.#refuseProblems(compile(current.config, this.#options.agents).problems);
    const contentHash = createHash('sha256').update(canonicalJson(current.config)).digest('hex');
    const [newest] = await store.listVersions(transaction, userId, id);
    if (newest?.content_hash === contentHash) {
      await store.markPublished(transaction, userId, id, newest.version, current.draft_version);
    } else {
      await store.insertVersion(transaction, userId, id, {
        version: (newest?.version ?? 0) + 1,
        contentHash,
        document: current.config,
        note,
        draftVersion: current.draft_version,
      });
    }
    const version = newest?.content_hash === contentHash ? newest.version : (newest?.version ?? 0) + 1;
    await audit(transaction, userId, {
      action: 'pipeline_published',
      subjectType: 'pipeline',
      subjectId: id,
      details: { version, content_hash: contentHash },
    });
    await this.#tell(transaction, userId, id);
    return this.version(transaction, userId, id, version);
  }

  async version(transaction: Tx, userId: string, id: string, version: number): Promise<PipelineVersionDetailWire> {
    const found = await store.findVersion(transaction, userId, id, version);
    if (found === undefined)
      throw notFound('pipeline/not-found', 'a pipeline and the number of a version', `${id}, version ${version}`);
    return found;
  }

  /** Runs the published version once, now; publishes the draft when nothing is published. */
  async run(transaction: Tx, userId: string, id: string, request: SourceRequestWire | undefined): Promise<string> {
    const { pipeline, version, source } = await this.#prepare(transaction, userId, id, request);
    if (pipeline.open_execution_id !== null) {
      throw alreadyRunning('an execution of this pipeline is still open; wait for it or cancel it');
    }
    try {
      return await this.#options.engine.run(userId, id, version, source, transaction);
    } catch (error) {
      if (violates(error, 'executions_one_open'))
        throw alreadyRunning('an execution of this pipeline is still open; wait for it or cancel it');
      throw error;
    }
  }

  async start(
    transaction: Tx,
    userId: string,
    id: string,
    request: SourceRequestWire | undefined,
  ): Promise<PipelineDetailWire> {
    const { pipeline, version, source } = await this.#prepare(transaction, userId, id, request);
    if (pipeline.state !== 'stopped' && pipeline.state !== 'completed') {
      throw alreadyRunning(`it is ${pipeline.state}; stop it before starting it anew`);
    }
    await this.#options.engine.start(userId, id, version, source, transaction);
    return this.get(transaction, userId, id);
  }

  async stop(transaction: Tx, userId: string, id: string): Promise<PipelineDetailWire> {
    await this.#lock(transaction, userId, id);
    await this.#options.engine.stop(userId, id, transaction);
    return this.get(transaction, userId, id);
  }

  async #prepare(transaction: Tx, userId: string, id: string, request: SourceRequestWire | undefined) {
    const pipeline = await this.#lock(transaction, userId, id);
    refuseArchived(pipeline);
    const version = pipeline.published_version ?? (await this.publish(transaction, userId, id, null)).version;
    const { document } = await this.version(transaction, userId, id, version);
    const { plan, problems } = compile(document, this.#options.agents);
    // A version may be older than the agents it names.
    if (plan === null) this.#refuseProblems(problems);
    return { pipeline, version, source: this.#sourceOf(pipeline, plan?.symbols ?? [], request) };
  }

  #refuseProblems(problems: readonly Problem[]): void {
    const errors = problems.filter((problem) => problem.severity === 'error');
    const first = errors[0];
    if (first === undefined) return;
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    throw new BellwetherError('rejected', 'pipeline/has-problems', `${first.message}${more}`, {
      errors: errors.map((problem) => ({ path: pathOf(problem), message: problem.message })),
      extensions: { problems: errors.map(problemToWire) },
    });
  }

  /** Chooses the tape: the one asked for, the template's, or the first that holds the symbols. */
  #sourceOf(
    pipeline: PipelineDetailWire,
    symbols: readonly string[],
    request: SourceRequestWire | undefined,
  ): SourceWire {
    const { tapes } = this.#options.tapes;
    const template = this.#options.templates.find((candidate) => candidate.template_id === pipeline.template_id);
    const wanted = request?.tape_id ?? null;
    const holds = (id: string) =>
      tapes.find((tape) => tape.tape_id === id && symbols.every((symbol) => tape.symbols.includes(symbol)));
    const usual = template?.tape_id ?? null;
    const tape =
      wanted === null
        ? ((usual === null ? undefined : holds(usual)) ??
          tapes.find(
            (candidate) => symbols.length > 0 && symbols.every((symbol) => candidate.symbols.includes(symbol)),
          ))
        : tapes.find((candidate) => candidate.tape_id === wanted);
    if (tape === undefined) {
      throw new BellwetherError(
        'rejected',
        'tape/unknown',
        wanted === null
          ? `expected a tape that holds ${symbols.join(', ') || 'the symbols of the pipeline'}, was none; name one as source.tape_id: ${names(tapes)}`
          : `expected source.tape_id to be one of ${names(tapes)}, was "${wanted}"`,
      );
    }
    const absent = symbols.filter((symbol) => !tape.symbols.includes(symbol));
    if (absent.length > 0) {
      throw new BellwetherError(
        'rejected',
        'bars/unknown-symbol',
        `expected tape "${tape.tape_id}" to hold ${absent.join(', ')}, holds ${tape.symbols.join(', ')}; choose another tape or change the symbol`,
      );
    }
    return {
      kind: 'demo_tape',
      tape_id: tape.tape_id,
      speed: request?.speed ?? null,
      label: tape.label,
      synthetic: tape.synthetic,
    };
  }

  async #lock(transaction: Tx, userId: string, id: string): Promise<PipelineDetailWire> {
    if (!(await store.lockPipeline(transaction, userId, id))) throw notFound('pipeline/not-found', 'a pipeline', id);
    return this.get(transaction, userId, id);
  }

  #tell(transaction: Tx, userId: string, id: string): Promise<void> {
    return tellPipelineUpdated(transaction, userId, id, formatInstant(this.#options.now()));
  }
}

/** The strong validator of a draft. */
export function etagOf(pipeline: { readonly draft_version: number }): string {
  return `"${pipeline.draft_version}"`;
}

/** Reads a document far enough to be saved: its fields are right; its graph may still have problems. Throws `pipeline/unreadable`. */
function readDraft(
  document: unknown,
  id: string,
): { readonly mode: TradingMode; readonly columns: store.DocumentColumns } {
  const pipeline = parseDraft(document);
  // The user's own document, in today's spelling; what it leaves out stays left out.
  const upgraded = upgradePipeline(document).document ?? {};
  return {
    mode: pipeline.tradingMode,
    columns: {
      name: pipeline.name,
      description: pipeline.description,
      runMode: pipeline.runMode,
      config: { ...upgraded, id, name: pipeline.name },
    },
  };
}

function parseDraft(document: unknown) {
  try {
    return parsePipeline(document);
  } catch (error) {
    if (!(error instanceof BellwetherError) || error.code !== 'pipeline/unreadable') throw error;
    const problems = (error.details['problems'] ?? []) as readonly Problem[];
    const errors = problems.filter((problem) => problem.severity === 'error');
    throw new BellwetherError(
      'rejected',
      'pipeline/unreadable',
      error.message,
      { errors: errors.map((problem) => ({ path: pathOf(problem), message: problem.message })) },
      error,
    );
  }
}

function pathOf(problem: Problem): string {
  return [problem.nodeId, problem.field].filter((part) => part !== undefined).join('.');
}

function refuseArchived(pipeline: PipelineDetailWire): void {
  if (pipeline.archived_at === null) return;
  throw new BellwetherError(
    'conflict',
    'pipeline/archived',
    'expected a pipeline in use, was archived; clone it to work on',
  );
}

function alreadyRunning(why: string): BellwetherError {
  return new BellwetherError('conflict', 'pipeline/already-running', `expected a pipeline at rest: ${why}`);
}

function names(tapes: readonly { readonly tape_id: string }[]): string {
  return tapes.map((tape) => `"${tape.tape_id}"`).join(', ');
}
