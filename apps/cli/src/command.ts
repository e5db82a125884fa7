import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { BellwetherError } from '@bellwether/domain';

/** Where a command writes: results to stdout, sentences about what went wrong to stderr. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
}

/** 0 is ok, 1 failed, 2 the call itself was wrong. */
export type ExitCode = 0 | 1 | 2;

/** One command of the command line, in a file of its own. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Shown by `--help`. */
  readonly usage: string;
  run(args: readonly string[], output: Output): Promise<ExitCode>;
}

type Values<O extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true; strict: true }>
>;

/** Reads options strictly. An unknown option or a missing value is a usage failure that names it. */
export function readArguments<const O extends ParseArgsOptionsConfig>(args: readonly string[], options: O): Values<O> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true }) as Values<O>;
  } catch (error) {
    const text = error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error);
    throw usage(text);
  }
}

export function usage(message: string): BellwetherError {
  return new BellwetherError('invalid', 'usage/bad-argument', message);
}

/** Reads a number option; undefined when it was not given. */
export function numberOption(
  value: string | undefined,
  name: string,
  allowed: { readonly minimum: number; readonly integer?: boolean },
): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  const fits =
    value.trim() !== '' &&
    Number.isFinite(number) &&
    number >= allowed.minimum &&
    (!allowed.integer || Number.isInteger(number));
  if (!fits)
    throw usage(
      `expected --${name} to be a ${allowed.integer ? 'whole ' : ''}number from ${allowed.minimum}, was "${value}"`,
    );
  return number;
}

/** Reads `SYM=file` pairs. */
export function pairsOption(values: readonly string[] | undefined, name: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const value of values ?? []) {
    const at = value.indexOf('=');
    if (at < 1 || at === value.length - 1) throw usage(`expected --${name} as SYMBOL=file, was "${value}"`);
    const symbol = value.slice(0, at);
    if (pairs.has(symbol)) throw usage(`expected --${name} once for ${symbol}, was given twice`);
    pairs.set(symbol, value.slice(at + 1));
  }
  return pairs;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

export function dateOption(value: string | undefined, name: string): string | null {
  if (value === undefined) return null;
  const at = Date.parse(`${value}T00:00:00Z`);
  if (!DATE.test(value) || Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== value) {
    throw usage(`expected --${name} as a date such as 2013-10-04, was "${value}"`);
  }
  return value;
}
