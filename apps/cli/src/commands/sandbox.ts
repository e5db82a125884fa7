import { setTimeout as wait } from 'node:timers/promises';
import { DEMO_TAPES, demoTape } from '@bellwether/adapters';
import { DAY_MS, isBellwetherError, MINUTE_MS } from '@bellwether/domain';
import { type FaultSettings, readFaults, type Sandbox, startSandbox } from '@bellwether/sandbox';
import { type Command, numberOption, type Output, readArguments, usage } from '../command.ts';
import { stopRequest } from '../stop-request.ts';
import { playMoments, tapeMoments } from '../tape-moments.ts';

const PORT = 4310;
const SPEED = 60;
/** As on Alpaca's paper accounts. */
const PARTIAL_FILLS = 0.1;

export const sandbox: Command = {
  name: 'sandbox',
  summary: 'starts a broker on this machine that answers as Alpaca does, filled from a demo tape',
  usage: `bellwether sandbox [--port ${PORT}] [--tape id [--speed N]] [--cash N] [--faults name=N,…] [--seed N] [--data dir] [--json]
  --tape    plays a demo tape to every account: ${DEMO_TAPES.map(({ id }) => id).join(', ')}
  --speed   market seconds per second (default ${SPEED}); nights are skipped
  --cash    of each account (default 100000)
  --faults  what goes wrong: a count, or a probability below 1; _ms names take milliseconds (default partial_fill_rate=${PARTIAL_FILLS})
  --seed    makes ids and faults the same at every start
  --data    keeps accounts in this folder; in memory without it`,
  async run(args, output) {
    const { values, positionals } = readArguments(args, {
      port: { type: 'string' },
      tape: { type: 'string' },
      speed: { type: 'string' },
      cash: { type: 'string' },
      faults: { type: 'string' },
      seed: { type: 'string' },
      data: { type: 'string' },
      json: { type: 'boolean' },
    });
    if (positionals.length > 0) throw usage(`expected no argument, was "${positionals[0]}"`);
    const port = numberOption(values.port, 'port', { minimum: 0, integer: true }) ?? PORT;
    if (port > 65_535) throw usage(`expected --port to be a port from 0 to 65535, was ${port}`);
    const speed = numberOption(values.speed, 'speed', { minimum: 0.001 });
    if (speed !== undefined && values.tape === undefined) throw usage('expected --tape with --speed, was none');
    const cash = numberOption(values.cash, 'cash', { minimum: 1 });
    const seed = numberOption(values.seed, 'seed', { minimum: 0, integer: true });
    const faults = { partial_fill_rate: PARTIAL_FILLS, ...faultsOption(values.faults) };
    const tape = values.tape === undefined ? undefined : demoTape(values.tape);
    const moments = tape === undefined ? [] : tapeMoments(await tape.load());

    const served = await startSandbox({
      port,
      account: { ...(cash === undefined ? {} : { cash }), faults },
      ...(seed === undefined ? {} : { seed }),
      ...(values.data === undefined ? {} : { folder: values.data }),
      log: (line) => (values.json ? output.err(line) : output.out(line)),
    });
    const asked = stopRequest();
    if (values.json) output.out(JSON.stringify({ url: served.url, stream_url: served.streamUrl }));
    else tellReady(served, output);
    if (tape !== undefined) output.err(`data: ${tape.label}`);
    const stop = new AbortController();
    const playing = playMoments(moments, {
      speed: speed ?? SPEED,
      longestGapMs: tape?.timeframe === '1d' ? DAY_MS : MINUTE_MS,
      play: (steps) => served.market(steps),
      wait: (ms) =>
        wait(ms, undefined, { signal: stop.signal }).then(
          () => true,
          () => false,
        ),
    }).then(() => {
      if (moments.length > 0 && !stop.signal.aborted) output.err('the tape is over; accounts stay as they are');
    });
    await asked;
    stop.abort();
    await playing;
    await served.close();
    return 0;
  },
};

/** Reads `name=value,…`. */
function faultsOption(text: string | undefined): FaultSettings {
  const pairs = (text ?? '').split(',').filter((pair) => pair.trim() !== '');
  const entries = pairs.map((pair): [string, number] => {
    const [name = '', value = ''] = pair.split('=').map((part) => part.trim());
    if (value === '' || Number.isNaN(Number(value)))
      throw usage(`expected --faults as name=number,…, such as drop_stream=0.01, was "${pair}"`);
    return [name, Number(value)];
  });
  try {
    return readFaults(Object.fromEntries(entries));
  } catch (error) {
    throw isBellwetherError(error) ? usage(`--faults: ${error.message}`) : error;
  }
}

function tellReady({ url, streamUrl }: Sandbox, output: Output): void {
  output.out(`The sandbox is ready: ${url}`);
  output.out(
    `Point an Alpaca client at ${url} and its stream at ${streamUrl}; any key id that begins with PK opens an account:`,
  );
  output.out(`  curl -H 'APCA-API-KEY-ID: PKDEMO' -H 'APCA-API-SECRET-KEY: any' ${url}/v2/account`);
}
