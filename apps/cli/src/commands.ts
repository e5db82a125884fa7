import type { Command } from './command.ts';

/** Every command by name, loaded when it is called: a backtest does not wait for the server's libraries. */
export const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['serve', async () => (await import('./commands/serve.ts')).serve],
  ['validate', async () => (await import('./commands/validate.ts')).validate],
  ['backtest', async () => (await import('./commands/backtest.ts')).backtest],
  ['run', async () => (await import('./commands/run.ts')).run],
  ['sandbox', async () => (await import('./commands/sandbox.ts')).sandbox],
  ['replay', async () => (await import('./commands/replay.ts')).replay],
  ['compare', async () => (await import('./commands/compare.ts')).compare],
  ['agents', async () => (await import('./commands/agents.ts')).agents],
  ['indicators', async () => (await import('./commands/indicators.ts')).indicators],
  ['calendar', async () => (await import('./commands/calendar.ts')).calendar],
  ['halt', async () => (await import('./commands/halt.ts')).halt],
  ['doctor', async () => (await import('./commands/doctor.ts')).doctor],
  ['migrate', async () => (await import('./commands/migrate.ts')).migrate],
]);
