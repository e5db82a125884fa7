// Plays one seed of a suite again and prints what happened: `node testing/orders/replay-seed.ts P5 1234`.
import { SUITES } from '../soak/suites.ts';

const [promise = '', seed = '1'] = process.argv.slice(2);
const suite = SUITES.find((known) => known.promise === promise);
if (suite?.trace === undefined) {
  const known = SUITES.filter(({ trace }) => trace !== undefined).map((other) => other.promise);
  console.error(`expected a suite that can be traced, one of ${known.join(', ')}, was "${promise}"`);
  process.exitCode = 2;
} else for (const line of suite.trace(Number(seed))) console.log(line);
