/** The only reader of the environment. */
import { defaultDataDir } from '@bellwether/db';
import { BellwetherError } from '@bellwether/domain';
import { type Static, Type } from 'typebox';
import Value from 'typebox/value';
import { Secret } from './secret.ts';

const Environment = Type.Object({
  PORT: Type.Optional(Type.String({ pattern: '^[0-9]{1,5}$', description: 'a port, 1 to 65535' })),
  HOST: Type.Optional(Type.String({ minLength: 1, description: 'an address to listen on, such as 127.0.0.1' })),
  BELLWETHER_DATA_DIR: Type.Optional(Type.String({ minLength: 1, description: 'a folder' })),
  DATABASE_URL: Type.Optional(
    Type.String({ pattern: '^postgres(ql)?://', description: 'postgres://user:password@host:port/database' }),
  ),
  BELLWETHER_SANDBOX_URL: Type.Optional(
    Type.String({ pattern: '^http://', description: 'http://127.0.0.1:port of a sandbox' }),
  ),
  BELLWETHER_ALPACA_PAPER_KEY_ID: Type.Optional(Type.String({ pattern: '^PK', description: 'a paper key id, PK…' })),
  BELLWETHER_ALPACA_PAPER_SECRET_KEY: Type.Optional(Type.String({ minLength: 1, description: 'a secret key' })),
  LOG_LEVEL: Type.Optional(
    Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
      description: 'trace, debug, info, warn, error or silent',
    }),
  ),
});
type Environment = Static<typeof Environment>;

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** Null for the embedded database. */
  readonly databaseUrl: string | null;
  readonly logLevel: string;
  /** A sandbox that somebody else runs; null starts one beside the worker. */
  readonly sandboxUrl: string | null;
  /** A real paper account; null trades paper on the sandbox. */
  readonly alpacaPaper: { readonly keyId: string; readonly secretKey: Secret } | null;
}

const DEFAULT_PORT = 4300;
const HOLDS_SECRET: ReadonlySet<string> = new Set(['DATABASE_URL', 'BELLWETHER_ALPACA_PAPER_SECRET_KEY']);

/** Reads the settings of this process. Throws `config/invalid` naming the variable, what it should be, and the remedy. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  overrides: { readonly port?: string | undefined } = {},
): Config {
  const given: Record<string, string> = {};
  for (const name of Object.keys(Environment.properties)) {
    const value = name === 'PORT' ? (overrides.port ?? environment[name]) : environment[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  for (const [name, schema] of Object.entries(Environment.properties)) {
    const value = given[name];
    if (value !== undefined && !Value.Check(schema, value)) {
      const { description } = schema as { description?: string };
      // What holds a secret is not repeated.
      const shown = HOLDS_SECRET.has(name) ? 'something else' : `"${value}"`;
      throw invalid(`expected ${name} to be ${description}, was ${shown}; correct it, or leave it unset`);
    }
  }
  const { PORT, HOST, BELLWETHER_DATA_DIR, DATABASE_URL, LOG_LEVEL, BELLWETHER_SANDBOX_URL } = given as Environment;
  const port = PORT === undefined ? DEFAULT_PORT : Number(PORT);
  if (port < 1 || port > 65_535)
    throw invalid(`expected PORT to be a port from 1 to 65535, was "${PORT}"; correct it, or leave it unset`);
  return {
    port,
    host: HOST ?? '127.0.0.1',
    dataDir: BELLWETHER_DATA_DIR ?? defaultDataDir(),
    databaseUrl: DATABASE_URL ?? null,
    logLevel: LOG_LEVEL ?? 'info',
    sandboxUrl: BELLWETHER_SANDBOX_URL ?? null,
    alpacaPaper: readAlpacaPaper(given as Environment),
  };
}

function readAlpacaPaper({
  BELLWETHER_ALPACA_PAPER_KEY_ID: keyId,
  BELLWETHER_ALPACA_PAPER_SECRET_KEY: secretKey,
}: Environment): Config['alpacaPaper'] {
  if (keyId === undefined && secretKey === undefined) return null;
  if (keyId !== undefined && secretKey !== undefined) return { keyId, secretKey: new Secret(secretKey) };
  const missing = keyId === undefined ? 'BELLWETHER_ALPACA_PAPER_KEY_ID' : 'BELLWETHER_ALPACA_PAPER_SECRET_KEY';
  throw invalid(`expected ${missing} beside the other half of the key, was unset; set both, or neither`);
}

function invalid(message: string): BellwetherError {
  return new BellwetherError('invalid', 'config/invalid', message);
}
