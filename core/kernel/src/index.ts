export * from './agent/agent-context.ts';
export * from './agent/agent-output.ts';
export * from './agent/define-agent.ts';
export * from './execution/execution-command.ts';
export * from './execution/execution-event.ts';
export * from './execution/lane-story.ts';
export * from './machine.ts';
