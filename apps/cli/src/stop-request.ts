import type { ExitCode } from './command.ts';

/** Resolves at the first signal to stop. A second one ends the process at once. */
export function stopRequest(): Promise<'signal'> {
  return new Promise((resolve) => {
    let isAsked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (isAsked) process.exit(1 satisfies ExitCode);
        isAsked = true;
        resolve('signal');
      });
    }
  });
}
