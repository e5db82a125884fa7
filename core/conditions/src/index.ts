export * from './condition.ts';
export * from './condition-needs.ts';
export * from './describe-condition.ts';
export * from './parse-condition.ts';
