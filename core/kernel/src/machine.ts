/** The shape that the execution and the position share; the runtimes are written against it. `advance` is pure and total. */
export interface Machine<Plan, State, Event, Command> {
  start(plan: Plan, id: string): State;
  advance(plan: Plan, state: State, event: Event): { readonly state: State; readonly commands: readonly Command[] };
}
