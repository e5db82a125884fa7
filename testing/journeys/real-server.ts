import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../../apps/cli/src/bellwether.ts', import.meta.url));
const READY = /Bellwether is ready in \d+ ms: (\S+)\nDemo login: (\S+) · (\S+)/;

/** The real server as a process of its own: embedded database, worker, feed, API and web app on one port. */
export interface RealServer {
  readonly address: string;
  readonly email: string;
  readonly password: string;
  readonly process: ChildProcess;
  readonly dataDir: string;
  /** Everything it has written so far. */
  output(): string;
  stop(): Promise<number | null>;
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return address.port;
}

/** Starts the server on a data folder, which stays; rejects with its output when it ends before it is ready. */
export async function startRealServer(dataDir: string, port: number): Promise<RealServer> {
  const child = spawn(process.execPath, [ENTRY, 'serve'], {
    env: { ...process.env, PORT: String(port), BELLWETHER_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let told = '';
  const ready = new Promise<RegExpExecArray>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      text += chunk.toString();
      const found = READY.exec(told);
      if (found !== null) resolve(found);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.once('exit', (code) =>
      reject(new Error(`expected the server to get ready, it ended with ${code}:\n${text}`)),
    );
  });
  const [, address, email, password] = await ready;
  return {
    address: address ?? '',
    email: email ?? '',
    password: password ?? '',
    process: child,
    dataDir,
    output: () => text,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      const [code] = await exited;
      return code as number | null;
    },
  };
}

/** A data folder that the server's own user can reach also when the tests run as root. */
export async function temporaryDataDir(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'bellwether-journey-'));
  // Temporary folders are closed to others, and PostgreSQL runs as a user of its own when the tests run as root.
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
