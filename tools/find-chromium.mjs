// Where the browser of the journeys is. Debian's package is installed when it is absent and this is root on a machine with apt-get;
// elsewhere the journeys are left out and say how to get one.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'];

/** Returns the path of a Chromium, or `undefined`. `CHROMIUM` names another one. */
export function findChromium() {
  const named = process.env.CHROMIUM;
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  return PLACES.find((path) => existsSync(path));
}

export const HOW_TO_GET_CHROMIUM =
  'no Chromium was found for the browser test: install the package "chromium" (Debian, Ubuntu: apt-get install chromium), or set CHROMIUM to the path of one';

/** Installs Debian's Chromium when that can be done without asking anybody. Returns whether there is one now. */
export function ensureChromium(say) {
  if (findChromium() !== undefined) return true;
  const canInstall = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!canInstall) {
    say(HOW_TO_GET_CHROMIUM);
    return false;
  }
  say('installing Chromium for the browser test (once) …');
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    const { status } = spawnSync('/usr/bin/apt-get', args, { stdio: ['ignore', 2, 2], env: environment });
    if (status !== 0) {
      say(`apt-get ${args[0]} failed; ${HOW_TO_GET_CHROMIUM}`);
      return false;
    }
  }
  return findChromium() !== undefined;
}
