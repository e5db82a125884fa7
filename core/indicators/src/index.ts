export * from './bar-input.ts';
export * from './catalogue.ts';
export * from './compute-indicator.ts';
export * from './indicator.ts';
export * from './indicator-spec.ts';
export * from './restorable.ts';
