/** The only reader of the environment. */
import { defaultDataDir } from '@bellwether/db';
import { BellwetherError } from '@bellwether/domain';
import { type Static, Type } from 'typebox';
import Value from 'typebox/value';

const Environment = Type.Object({
  PORT: Type.Optional(Type.String({ pattern: '^[0-9]{1,5}$', description: 'a port, 1 to 65535' })),
  HOST: Type.Optional(Type.String({ minLength: 1, description: 'an address to listen on, such as 127.0.0.1' })),
  BELLWETHER_DATA_DIR: Type.Optional(Type.String({ minLength: 1, description: 'a folder' })),
  DATABASE_URL: Type.Optional(
    Type.String({ pattern: '^postgres(ql)?://', description: 'postgres://user:password@host:port/database' }),
  ),
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
}

const DEFAULT_PORT = 4300;

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
      // A database URL holds a password: its value is not repeated.
      const shown = name === 'DATABASE_URL' ? 'something else' : `"${value}"`;
      throw invalid(`expected ${name} to be ${description}, was ${shown}; correct it, or leave it unset`);
    }
  }
  const { PORT, HOST, BELLWETHER_DATA_DIR, DATABASE_URL, LOG_LEVEL } = given as Environment;
  const port = PORT === undefined ? DEFAULT_PORT : Number(PORT);
  if (port < 1 || port > 65_535)
    throw invalid(`expected PORT to be a port from 1 to 65535, was "${PORT}"; correct it, or leave it unset`);
  return {
    port,
    host: HOST ?? '127.0.0.1',
    dataDir: BELLWETHER_DATA_DIR ?? defaultDataDir(),
    databaseUrl: DATABASE_URL ?? null,
    logLevel: LOG_LEVEL ?? 'info',
  };
}

function invalid(message: string): BellwetherError {
  return new BellwetherError('invalid', 'config/invalid', message);
}
