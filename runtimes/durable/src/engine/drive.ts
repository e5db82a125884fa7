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

export interface DriveSettings {
  readonly plan: ExecutionPlan;
  readonly ports: ExecutionPorts;
  /** Told of every event that is to be journaled, in order, before anything follows from it. */
  readonly journal: (seq: number, event: ExecutionEvent) => void;
  /** The execution has ended with the event that was just told. */
  readonly ended: (state: ExecutionState) => void;
  /** Whether the command is answered by somebody outside: it waits until `release`, that is, until everything before it is committed. */
  readonly leavesProcess: (command: ExecutionCommand) => boolean;
  /** Told how a command was answered: at once, or by a promise. */
  readonly asked?: (command: ExecutionCommand, isLater: boolean) => void;
  /** Whether somebody has the command already, so that resuming must not hand it over again. */
  readonly isHandedOver: (command: ExecutionCommand) => boolean;
}

/**
 * fact ─▶ advance ─▶ commands ─▶ perform ─▶ fact … until nothing is open but what only time or the market can answer
 *
 * Drives one execution. Whoever holds it commits what it journals, and feeds it what happens.
 *
 * Invariants: 1. agents that answer at once are not awaited. 2. events are journaled in the order in which they are folded. 3. nothing that leaves
 * the process is performed before `release`. 4. resuming is folding: commands without an answer are performed again under the same ids.
 */
export class ExecutionDrive {
  readonly #settings: DriveSettings;
  #state: ExecutionState;
  readonly #queue: ExecutionEvent[] = [];
  readonly #pending = new Map<string, Promise<void>>();
  readonly #answers: (() => readonly ExecutionEvent[])[] = [];
  #held: ExecutionCommand[] = [];
  /** Commands whose `agent_started` stands in the journal already. */
  readonly #announced = new Set<string>();
  #pumping = false;

  constructor(settings: DriveSettings, executionId: string) {
    this.#settings = settings;
    this.#state = startExecution(settings.plan, executionId);
  }

  get state(): ExecutionState {
    return this.#state;
  }

  get hasEnded(): boolean {
    return this.#state.status === 'ended';
  }

  /** Whether an answer is under way, or a command waits for `release`: the execution is busy, not waiting. */
  get isWorking(): boolean {
    return this.#pending.size > 0 || this.#answers.length > 0 || this.#held.length > 0;
  }

  /** The earliest instant for which the execution asked to be woken; null for none. */
  get nextTimer(): { readonly id: string; readonly dueAt: number } | null {
    let next: { id: string; dueAt: number } | null = null;
    for (const command of this.#state.open) {
      if (command.command === 'set_timer' && (next === null || command.dueAt < next.dueAt))
        next = { id: command.id, dueAt: command.dueAt };
    }
    return next;
  }

  /** Takes a journaled event: folds it, performs nothing. */
  replay(event: ExecutionEvent): void {
    this.#state = advance(this.#settings.plan, this.#state, event).state;
    if (event.event === 'agent_started') this.#announced.add(event.commandId);
  }

  /** Goes on after the last `replay`: performs every command that has no answer. */
  resume(): void {
    this.#pump(this.#state.open.filter((command) => !this.#settings.isHandedOver(command)));
  }

  /** Takes new facts, and follows them as far as they lead. Facts that arrive meanwhile wait their turn. */
  feed(...events: readonly ExecutionEvent[]): void {
    this.#queue.push(...events);
    if (!this.#pumping) this.#pump([]);
  }

  /** Everything journaled so far is committed: performs what was held back for that. Follow with `takeAnswers`. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const command of held) this.#ask(command);
  }

  /** Resolves when an answer that is under way has come; follow with `takeAnswers`. */
  async nextAnswer(): Promise<void> {
    if (this.#answers.length === 0) await Promise.race(this.#pending.values());
  }

  /** Folds the answers that have come, and follows them. */
  takeAnswers(): void {
    for (let answer = this.#answers.shift(); answer !== undefined; answer = this.#answers.shift()) {
      this.#queue.push(...answer());
      if (!this.#pumping) this.#pump([]);
    }
  }

  #pump(first: readonly ExecutionCommand[]): void {
    this.#pumping = true;
    try {
      const commands = [...first];
      for (;;) {
        const next = this.#queue.shift();
        if (next !== undefined) {
          if (this.hasEnded) continue;
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
    const { state, commands } = advance(this.#settings.plan, this.#state, event);
    this.#state = state;
    this.#settings.journal(state.seq, event);
    if (state.status === 'ended') this.#settings.ended(state);
    return commands;
  }

  #perform(command: ExecutionCommand): void {
    if (this.hasEnded || command.command === 'set_timer') return;
    if (command.command === 'invoke_agent' && !this.#announced.has(command.id))
      this.#apply(startedEvent(this.#settings.plan, command, this.#settings.ports.now()));
    if (this.#settings.leavesProcess(command)) this.#held.push(command);
    else this.#ask(command);
  }

  #ask(command: ExecutionCommand): void {
    const events = perform(this.#settings.plan, this.#state, command, this.#settings.ports);
    this.#settings.asked?.(command, events instanceof Promise);
    if (!(events instanceof Promise)) {
      if (this.#pumping) this.#queue.push(...events);
      else this.#answers.push(() => events);
      return;
    }
    const answered = events.then(
      (list) => {
        this.#pending.delete(command.id);
        this.#answers.push(() => list);
      },
      (error: unknown) => {
        this.#pending.delete(command.id);
        // `perform` turns an agent's failure into an event; what arrives here is the engine's own, and ends the drive.
        this.#answers.push(() => {
          throw error;
        });
      },
    );
    this.#pending.set(command.id, answered);
  }
}
