export * from './condition.ts';
export * from './condition-needs.ts';
export * from './describe-condition.ts';
export { type ConditionReading, MET, type TermReading } from './evaluate.ts';
export * from './indicator-streams.ts';
export * from './parse-condition.ts';
export type { SessionFacts } from './session-track.ts';
