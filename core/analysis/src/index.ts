// What every analyst sees and every plan must pass: closed bars → facts sheet → (an agent's judgement) → level guards.
export * from './candle-patterns.ts';
export * from './chart-patterns.ts';
export * from './combine-frames.ts';
export * from './facts-guards.ts';
export * from './facts-sheet.ts';
export * from './frame-columns.ts';
export * from './frame-facts.ts';
export * from './frame-reading.ts';
export * from './level-guards.ts';
export * from './levels.ts';
export * from './null-calibration.ts';
export * from './price-step.ts';
export * from './relative-volume.ts';
export * from './seeded-random.ts';
export * from './session-columns.ts';
export * from './swing-points.ts';
export * from './verdict.ts';
