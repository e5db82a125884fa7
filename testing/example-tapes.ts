import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readBarsFile } from '@bellwether/adapters';
import { agentCatalogue } from '@bellwether/agents';
import { calendarOf, marketOf, regularSessionOnly } from '@bellwether/domain';
import type { ExecutionPlan } from '@bellwether/kernel';
import { compile } from '@bellwether/pipeline';
import type { TapeSymbol } from '@bellwether/virtual';
import { sharedPath } from './shared-data.ts';

export const sha256 = {
  base64url: (text: string) => hash('sha256', text, 'base64url'),
  hex: (text: string) => hash('sha256', text, 'hex'),
};

const EXAMPLES = new URL('../examples/', import.meta.url);

export interface Example {
  readonly name: string;
  readonly document: {
    readonly symbol: string;
    readonly primary_timeframe: string;
    readonly nodes: readonly { readonly agent_type: string }[];
  };
}

/** Every document of examples/, by file name. */
export function examples(): readonly Example[] {
  return readdirSync(EXAMPLES)
    .filter((file) => file.endsWith('.json') && file !== 'templates.json')
    .sort()
    .map((file) => ({
      name: file.replace('.json', ''),
      document: JSON.parse(readFileSync(new URL(file, EXAMPLES), 'utf8')),
    }));
}

const RECORDED: Readonly<Record<string, { readonly daily: string; readonly minute: string }>> = {
  SPY: { daily: 'data/SPY_1d_lean_raw.csv', minute: 'data/SPY_1m_2013-10-04_2013-10-11.csv' },
  BTCUSD: {
    daily: 'data/BTCUSD_1d_coinbase_lean.csv',
    minute: 'data/BTCUSD_1m_2018-04-04_2018-04-06_coinbase_lean.csv',
  },
};

/** The recording that an example is tried on: daily bars for what reads days only, else minutes. */
export function recordingOf(example: Example): string {
  const text = JSON.stringify(example.document);
  const finer = ['"1m"', '"5m"', '"15m"', '"1h"', '"4h"'].some(
    (timeframe) =>
      text.includes(`"timeframe":${timeframe}`) ||
      text.includes(`[${timeframe}`) ||
      text.includes(`primary_timeframe":${timeframe}`),
  );
  const recorded = RECORDED[example.document.symbol];
  if (recorded === undefined)
    throw new Error(`expected a recording of ${example.document.symbol} for example ${example.name}`);
  return finer ? recorded.minute : recorded.daily;
}

export async function recordedTape(symbol: string, file: string): Promise<TapeSymbol> {
  const calendar = calendarOf(marketOf(symbol));
  const bars = regularSessionOnly(await readBarsFile(sharedPath(file), symbol, { calendar }), calendar);
  return { symbol, bars, calendar, label: { source: file, synthetic: false } };
}

export function planOf(document: unknown): ExecutionPlan {
  const { plan, problems } = compile(document, agentCatalogue);
  if (plan === null) throw new Error(problems.map((problem) => problem.message).join('\n'));
  return plan;
}
