import { parseRoles, ROLES, readConfig, type Served, serve as startServing } from '@bellwether/server';
import { type Command, numberOption, type Output, readArguments, usage } from '../command.ts';
import { stopRequest } from '../stop-request.ts';

export const serve: Command = {
  name: 'serve',
  summary: 'starts the server: web app, API, worker, market feed and database in one process tree',
  usage: `bellwether serve [--roles ${ROLES.join(',')}] [--port 4300] [--json]
  PORT                 where to listen when --port does not say (default 4300)
  BELLWETHER_DATA_DIR  where everything is kept
  DATABASE_URL         a PostgreSQL of yours instead of the embedded one`,
  async run(args, output) {
    const { values, positionals } = readArguments(args, {
      roles: { type: 'string' },
      port: { type: 'string' },
      json: { type: 'boolean' },
    });
    if (positionals.length > 0) throw usage(`expected no argument, was "${positionals[0]}"`);
    const roles = parseRoles(values.roles);
    const port = numberOption(values.port, 'port', { minimum: 1, integer: true });
    if (port !== undefined && port > 65_535) throw usage(`expected --port to be a port from 1 to 65535, was ${port}`);
    const given = readConfig();
    const config = port === undefined ? given : { ...given, port };
    const asked = stopRequest();
    const served = await startServing(config, roles);
    if (values.json) output.out(JSON.stringify({ address: served.address, login: served.login }));
    else tellReady(served, output);
    const reason = await Promise.race([asked, served.databaseLost.then(() => 'database' as const)]);
    if (reason === 'database') output.err('bellwether serve: the database has stopped, so this stops too; start again');
    else output.out('stopping …');
    await served.stop();
    return reason === 'database' ? 1 : 0;
  },
};

function tellReady({ address, login }: Served, output: Output): void {
  const elapsed = Math.round(performance.now());
  if (address === null) return output.out(`ready in ${elapsed} ms`);
  output.out(`Bellwether is ready in ${elapsed} ms: ${address}`);
  if (login !== null) output.out(`Demo login: ${login.email} · ${login.password}`);
}
