export * from './catalogue.ts';
export * from './compute-indicator.ts';
export * from './indicator.ts';
export * from './indicator-spec.ts';
export * from './price-source.ts';
export * from './restorable.ts';
