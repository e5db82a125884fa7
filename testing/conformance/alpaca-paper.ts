import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  ALPACA_LIVE_URL,
  ALPACA_PAPER_URL,
  type AlpacaKeys,
  openAlpacaPaper,
  verifyAlpacaConnection,
} from '@bellwether/adapters';
import { BellwetherError, isBellwetherError } from '@bellwether/domain';
import { type CapabilityResult, capabilityResultFrom } from '@bellwether/ports';
import { SandboxControl } from '@bellwether/sandbox/control';
import { readConfig, storeCapabilityResult } from '@bellwether/server';
import { type AccountUnderTest, heldIn, LeftBehind } from './account-bench.ts';
import { isConforming, runCards } from './run-cards.ts';

const KEY_ID = 'BELLWETHER_ALPACA_PAPER_KEY_ID';
const SECRET_KEY = 'BELLWETHER_ALPACA_PAPER_SECRET_KEY';
const USAGE = `npm run conformance:alpaca-paper -- [--symbol F] [--price USD] [--twin-runs 50] [--only BR-010,BR-020] [--url URL]
npm run conformance:alpaca-paper -- --store FILE
Runs the cards of docs/contracts/broker.md against a paper account: at most 30 shares at a time, in one symbol that must be flat.
Needs ${KEY_ID} and ${SECRET_KEY} in the environment. --url: a sandbox on loopback instead of Alpaca.
What was found goes into a file, and to this installation's accounts that trade there, for 90 days. --store: reads it from such a file.`;
const DATA_URL = 'https://data.alpaca.markets';
const MINUTE_MS = 60_000;
const TWIN_RUNS = 50;
const MOMENT_MS = 1_000;
/** Below this many requests the suite waits for the next minute: the account may have other users. */
const SPARED_REQUESTS = 60;
const SPARING_MS = 15_000;

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  print(line: string): void;
  now(): Temporal.Instant;
}

/** Returns the exit code: 0 when every card is as one assumption says, 1 when one is not, 2 when nothing could be run. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { environment, print, now } = surroundings;
  const { values } = parseArgs({
    args: [...args],
    options: {
      symbol: { type: 'string', default: 'F' },
      price: { type: 'string' },
      'twin-runs': { type: 'string', default: String(TWIN_RUNS) },
      only: { type: 'string', default: '' },
      url: { type: 'string', default: ALPACA_PAPER_URL },
      store: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const { [KEY_ID]: keyId = '', [SECRET_KEY]: secretKey = '' } = environment;
  if (values.store === undefined && (keyId === '' || secretKey === '')) {
    print(`expected ${KEY_ID} and ${SECRET_KEY} in the environment, was neither or one; nothing was run.`);
    print(USAGE);
    return 2;
  }
  try {
    const config = readConfig(environment);
    if (values.store !== undefined) {
      await storeFile(values.store, config, print);
      return 0;
    }
    const { account, label, brokerAccountId } = await openAccount(
      { keyId, secretKey },
      values.url,
      values.symbol,
      values.price,
      now,
    );
    print(`${label} account, ${values.symbol} at ${account.price}, orders named ${account.prefix}…`);
    const twinRuns = Number(values['twin-runs']);
    const only = values.only === '' ? [] : values.only.split(',');
    const failing: string[] = [];
    const runs = await runCards(account, {
      twinRuns: Number.isSafeInteger(twinRuns) && twinRuns > 0 ? twinRuns : TWIN_RUNS,
      only,
      report: ({ number, title }, own) => {
        if (!isConforming(own)) failing.push(number);
        const told = own.map(({ assumed, passed, runs: times, failure }) => {
          const assumption = assumed === null ? '' : assumed ? 'with it ' : 'without it ';
          return `${assumption}${passed}/${times}${failure === null ? '' : ` (${failure})`}`;
        });
        print(`${isConforming(own) ? 'ok  ' : 'FAIL'} ${title}: ${told.join(', ')}`);
      },
    });
    const result = capabilityResultFrom(runs, now());
    print(`flags: ${JSON.stringify(result.flags)}`);
    const file = write({ broker: 'alpaca', label, brokerAccountId, ...result }, config.dataDir);
    print(`stored in ${file}`);
    await storeFile(file, config, print);
    return failing.length === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof LeftBehind) {
      print(`FAIL what a card left behind stays on the account, close it there by hand: ${error.message}`);
      return 1;
    }
    if (!isBellwetherError(error)) throw error;
    print(error.message);
    return 2;
  }
}

async function openAccount(
  keys: AlpacaKeys,
  baseUrl: string,
  symbol: string,
  price: string | undefined,
  now: () => Temporal.Instant,
): Promise<{ readonly account: AccountUnderTest; readonly label: string; readonly brokerAccountId: string }> {
  const clock = { now };
  if (URL.canParse(baseUrl) && new URL(baseUrl).origin === ALPACA_LIVE_URL)
    throw notReady(`expected a paper account, was the live host ${baseUrl}`);
  const connection = await verifyAlpacaConnection({ baseUrl, keys, clock });
  const { broker, marketClock, label } = await openAlpacaPaper({ mode: 'paper', keys, connection, clock });
  const sandbox = label === 'sandbox';
  const { brokerAccountId } = connection;
  const market = price === undefined ? (sandbox ? 100 : await lastPrice(keys, symbol)) : Number(price);
  if (!(market > 0)) throw notReady(`expected --price above 0, was ${price}`);
  const wait = async (): Promise<void> => {
    const { remaining = SPARED_REQUESTS } = broker.rateLimit ?? {};
    await pause(sandbox ? 1 : remaining < SPARED_REQUESTS ? SPARING_MS : MOMENT_MS);
  };
  const prefix = `bwc-${randomBytes(6).toString('hex')}-`;
  const account: AccountUnderTest = { broker, symbol, price: market, prefix, now, wait };
  if (!sandbox) {
    const { isOpen, nextOpen } = await marketClock.now();
    if (!isOpen) throw notReady(`expected an open market, it opens at ${nextOpen}; run this then`);
  }
  if ((await heldIn(account)) !== 0n || (await broker.orders({ status: 'live', symbol })).length > 0)
    throw notReady(`expected no shares and no orders of ${symbol} on the account; choose another --symbol`);
  if (!sandbox) return { account, label, brokerAccountId };
  const control = new SandboxControl({ url: baseUrl, keyId: keys.keyId });
  const play = stillMarket(control, symbol, market, now());
  await play();
  return { account: { ...account, play }, label, brokerAccountId };
}

/** Plays one bar that stands still at a time, each after the other. */
function stillMarket(
  control: SandboxControl,
  symbol: string,
  price: number,
  from: Temporal.Instant,
): () => Promise<void> {
  let start = from.epochMilliseconds;
  return async () => {
    const bar = { open: price, high: price * 1.01, low: price * 0.99, close: price, volume: 1_000_000 };
    const end = start + MINUTE_MS;
    await control.market([
      { kind: 'open', symbol, at: start, open: price },
      { kind: 'bar', symbol, start, end, ...bar },
    ]);
    start = end;
  };
}

async function lastPrice(keys: AlpacaKeys, symbol: string): Promise<number> {
  const response = await fetch(`${DATA_URL}/v2/stocks/${encodeURIComponent(symbol)}/trades/latest`, {
    headers: { 'APCA-API-KEY-ID': keys.keyId, 'APCA-API-SECRET-KEY': keys.secretKey },
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    throw notReady(`expected the last price of ${symbol} from ${DATA_URL}, no answer came; give it as --price`, error);
  });
  const answer = (await response.json().catch(() => null)) as { readonly trade?: { readonly p?: number } } | null;
  const price = answer?.trade?.p;
  if (response.ok && typeof price === 'number' && price > 0) return price;
  throw notReady(`expected the last price of ${symbol} from ${DATA_URL}, was ${response.status}; give it as --price`);
}

type StoredResult = CapabilityResult & Parameters<typeof storeCapabilityResult>[1];

/** Returns the file: one per run. */
function write(result: StoredResult, dataDir: string): string {
  const folder = join(dataDir, 'conformance');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `alpaca-${result.label}-${String(result.at).replaceAll(':', '')}.json`);
  writeFileSync(file, `${JSON.stringify({ ...result, at: String(result.at) }, null, 2)}\n`);
  return file;
}

async function storeFile(
  file: string,
  config: Parameters<typeof storeCapabilityResult>[0],
  print: (line: string) => void,
): Promise<void> {
  const result = read(file);
  const accounts = await storeCapabilityResult(config, result, result);
  print(
    accounts > 0
      ? `stored with ${accounts} account${accounts === 1 ? '' : 's'} of this installation, for 90 days`
      : `no account of this installation trades there yet, or it has this result; once one does: npm run conformance:alpaca-paper -- --store ${file}`,
  );
}

function read(file: string): StoredResult {
  try {
    const result = JSON.parse(readFileSync(file, 'utf8')) as StoredResult;
    const { broker, label, brokerAccountId, flags, evidence } = result;
    if ([broker, label, brokerAccountId].some((text) => typeof text !== 'string') || !Array.isArray(evidence))
      throw new TypeError('it names no account');
    if (Object.values(flags).some((flag) => typeof flag !== 'boolean'))
      throw new TypeError('its flags are not all flags');
    return { ...result, at: Temporal.Instant.from(String(result.at)) };
  } catch (error) {
    throw notReady(`expected a result of this suite at ${file}, was none: ${String(error)}`, error);
  }
}

function notReady(message: string, cause?: unknown): BellwetherError {
  return new BellwetherError('invalid', 'usage/bad-argument', message, {}, cause);
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2), {
    environment: process.env,
    print: (line) => console.log(line),
    now: () => Temporal.Now.instant(),
  });
}
