/** A process that starts the embedded database and stays until somebody ends it; it tells by one line of JSON how it went. */
import { isBellwetherError } from '@bellwether/domain';
import { startEmbedded } from './embedded.ts';

const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('expected a data folder as the argument, was nothing');
try {
  const server = await startEmbedded({ dataDir, log: () => undefined });
  console.log(JSON.stringify({ owner: server.url('owner'), port: server.port }));
  process.stdin.resume();
} catch (error) {
  if (!isBellwetherError(error)) throw error;
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
