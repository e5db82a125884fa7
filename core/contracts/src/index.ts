export * from './journal.schema.ts';
export * from './journal.wire.ts';
export * from './outputs.schema.ts';
export * from './outputs.wire.ts';
export * from './positions.schema.ts';
export * from './trades.schema.ts';
export * from './wire-value.schema.ts';
