import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerBench, Card } from './broker-bench.contract.ts';
import { MOVES_CARDS } from './broker-moves.contract.ts';
import { REST_CARDS } from './broker-rest.contract.ts';
import type { BrokerCapabilities } from './capabilities.ts';

export interface BrokerContract {
  readonly name: string;
  readonly capabilities: BrokerCapabilities;
  /** A flat account of its own for every card. */
  make(): Promise<BrokerBench>;
  /** Closes what `make` opened; called after every card. */
  close?(bench: BrokerBench): Promise<void>;
  readonly skip?: readonly { readonly card: string; readonly reason: string }[];
}

export interface BrokerCard {
  /** BR-010. */
  readonly number: string;
  readonly title: string;
  /** Needs a market which the test moves; the others run against a real one too. */
  readonly moves: boolean;
  readonly run: Card;
}

const NUMBER_LENGTH = 'BR-010'.length;

/** Every card of the port, by number. */
export const BROKER_CARDS: readonly BrokerCard[] = [
  ...Object.entries(REST_CARDS).map(([title, run]) => cardOf(title, run, false)),
  ...Object.entries(MOVES_CARDS).map(([title, run]) => cardOf(title, run, true)),
].sort((a, b) => a.number.localeCompare(b.number));

function cardOf(title: string, run: Card, moves: boolean): BrokerCard {
  return { number: title.slice(0, NUMBER_LENGTH), title, moves, run };
}

/** Registers one test per card; a card that is skipped has a reason, and one that does not exist is an error. */
export function brokerContract(contract: BrokerContract): void {
  const skipped = new Map((contract.skip ?? []).map(({ card, reason }) => [card, reason]));
  for (const { number, title, run } of BROKER_CARDS) {
    const skip = skipped.get(number) ?? false;
    skipped.delete(number);
    test(`${contract.name}: ${title}`, { skip }, async () => {
      const bench = await contract.make();
      try {
        await run(bench, contract.capabilities);
      } finally {
        await contract.close?.(bench);
      }
    });
  }
  assert.deepEqual([...skipped.keys()], [], 'expected skipped cards to exist');
}
