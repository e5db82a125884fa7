import type { TriggerFact } from '@bellwether/domain';
import {
  advance,
  type ExecutionCommand,
  type ExecutionEvent,
  type ExecutionPlan,
  type ExecutionPorts,
  type ExecutionState,
  perform,
  startExecution,
  startedEvent,
} from '@bellwether/kernel';

/** Told of every event that an execution journals, in order. */
export type JournalSink = (executionId: string, journalSeq: number, event: ExecutionEvent) => void;

export interface StartFacts {
  readonly executionId: string;
  readonly pipelineId: string;
  readonly version: number;
  readonly symbols: readonly string[];
  readonly trigger: TriggerFact;
}

/**
 * fact ─▶ advance ─▶ commands ─▶ perform ─▶ fact … until nothing is open but what only the market can answer
 *
 * Drives executions without awaiting anybody. An agent that answers with a promise cannot be driven here: that is an error, not a wait.
 */
export class VirtualExecutions {
  readonly #plan: ExecutionPlan;
  readonly #ports: ExecutionPorts;
  readonly #journal: JournalSink | null;
  readonly #ended: (state: ExecutionState) => void;
  #state: ExecutionState | null = null;
  readonly #queue: ExecutionEvent[] = [];
  #pumping = false;

  constructor(
    plan: ExecutionPlan,
    ports: ExecutionPorts,
    journal: JournalSink | null,
    ended: (state: ExecutionState) => void,
  ) {
    this.#plan = plan;
    this.#ports = ports;
    this.#journal = journal;
    this.#ended = ended;
  }

  /** The execution that is under way, if any. */
  get open(): ExecutionState | null {
    return this.#state;
  }

  /** The earliest instant for which an open execution asked to be woken; null for none. */
  get nextTimer(): { readonly id: string; readonly dueAt: number } | null {
    let next: { id: string; dueAt: number } | null = null;
    for (const command of this.#state?.open ?? []) {
      if (command.command === 'set_timer' && (next === null || command.dueAt < next.dueAt))
        next = { id: command.id, dueAt: command.dueAt };
    }
    return next;
  }

  start(facts: StartFacts): void {
    const { pipeline } = this.#plan;
    this.#state = startExecution(this.#plan, facts.executionId);
    this.feed({
      event: 'execution_started',
      at: facts.trigger.at,
      executionId: facts.executionId,
      pipelineId: facts.pipelineId,
      version: facts.version,
      tradingMode: pipeline.tradingMode,
      runMode: pipeline.runMode,
      trigger: facts.trigger,
      symbols: facts.symbols,
    });
  }

  /** Takes a fact for the open execution, and follows it as far as it leads. Facts that arrive meanwhile wait their turn. */
  feed(event: ExecutionEvent): void {
    this.#queue.push(event);
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      const commands: ExecutionCommand[] = [];
      for (;;) {
        const next = this.#queue.shift();
        if (next !== undefined) {
          commands.push(...this.#apply(next));
          continue;
        }
        const command = commands.shift();
        if (command === undefined) break;
        this.#perform(command);
      }
    } finally {
      this.#pumping = false;
    }
  }

  #apply(event: ExecutionEvent): readonly ExecutionCommand[] {
    const before = this.#state;
    if (before === null) return [];
    const { state, commands } = advance(this.#plan, before, event);
    this.#journal?.(state.executionId, state.seq, event);
    this.#state = state;
    if (state.status === 'ended') {
      this.#state = null;
      this.#ended(state);
    }
    return commands;
  }

  #perform(command: ExecutionCommand): void {
    if (this.#state === null || command.command === 'set_timer') return;
    if (command.command === 'invoke_agent') this.#apply(startedEvent(this.#plan, command, this.#ports.now()));
    const events = perform(this.#plan, this.#state, command, this.#ports);
    if (events instanceof Promise)
      throw new TypeError(
        `expected ${command.id} to be answered at once, was a promise: this agent cannot be backtested`,
      );
    this.#queue.push(...events);
  }
}
