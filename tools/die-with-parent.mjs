// A process started by the bootstrap must not outlive it, and the bootstrap must not outlive npm, even when they are
// killed with -9 and can tell nobody. Preloaded into the program (--import), imported by the bootstrap.
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const LOOK_EVERY_MS = 250;

/** Calls `orphaned` once, soon after the process that started this one has died; keeps nothing alive. */
export function watchParent(orphaned) {
  const parent = process.ppid;
  const grandparent = parentBehindShell(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && (grandparent === undefined || parentOf(parent)?.parent === grandparent)) return;
    clearInterval(timer);
    orphaned();
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** npm starts scripts through a shell, which survives npm's death: then npm is the one to watch. */
function parentBehindShell(parent) {
  const found = process.env.npm_lifecycle_event === undefined ? undefined : parentOf(parent);
  return found !== undefined && /^(sh|dash|bash|ash|busybox)$/.test(found.name) ? found.parent : undefined;
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    return { name: stat.slice(stat.indexOf('(') + 1, end), parent: Number(stat.slice(end + 2).split(' ')[1]) };
  } catch {
    // No /proc on this system: there the shell replaces itself by the program, and the parent is npm itself.
    return undefined;
  }
}

// Preloaded, this file is not the program's entry: end as if asked to, which every program of ours handles.
const preloaded = process.execArgv.some((argument) => argument.endsWith('/die-with-parent.mjs'));
if (preloaded && isMainThread) watchParent(() => process.kill(process.pid, 'SIGTERM'));
