import { BROKER_PROFILES, type CardRun, capabilityOfCard } from '@bellwether/ports';
import { BROKER_CARDS, type BrokerCard } from '@bellwether/ports/testing';
import { type AccountUnderTest, accountBench } from './account-bench.ts';

export interface CardPlan {
  /** How often the card of twin brackets runs: 50 of 50 prove them. */
  readonly twinRuns: number;
  /** Only these cards, by number; all of them when empty. */
  readonly only: readonly string[];
  /** Told of each card as it ends. */
  report(card: BrokerCard, runs: readonly CardRun[]): void;
}

const TWINS = 'BR-300';

/** Runs every card that needs no moved market, one after the other; those that ask for a capability first with it, then without. */
export async function runCards(account: AccountUnderTest, plan: CardPlan): Promise<readonly CardRun[]> {
  const all: CardRun[] = [];
  let turn = 0;
  for (const card of BROKER_CARDS) {
    if (card.moves || (plan.only.length > 0 && !plan.only.includes(card.number))) continue;
    const times = card.number === TWINS ? plan.twinRuns : 1;
    const asked = capabilityOfCard(card.number) !== undefined;
    const runs = [await runCard(account, card, asked ? true : null, times, () => (turn += 1))];
    if (asked && runs[0]?.failure !== null) runs.push(await runCard(account, card, false, 1, () => (turn += 1)));
    plan.report(card, runs);
    all.push(...runs);
  }
  return all;
}

/** Says whether the account behaves as the card says, on one assumption or the other. */
export function isConforming(runs: readonly CardRun[]): boolean {
  return runs.some(({ passed, runs: times }) => passed === times);
}

/** Runs a card until it has failed once or passed often enough. What a run leaves behind is taken away before the next. */
async function runCard(
  account: AccountUnderTest,
  card: BrokerCard,
  assumed: boolean | null,
  times: number,
  nextTurn: () => number,
): Promise<CardRun> {
  const flag = capabilityOfCard(card.number);
  const defaults = BROKER_PROFILES.alpaca;
  const capabilities = flag === undefined || assumed === null ? defaults : { ...defaults, [flag]: assumed };
  for (let passed = 0; passed < times; passed++) {
    const { bench, cleanUp } = accountBench(account, card.number, nextTurn());
    const failure = await card.run(bench, capabilities).then(
      () => null,
      (error: unknown) => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)),
    );
    await cleanUp();
    if (failure !== null) return { card: card.number, assumed, runs: passed + 1, passed, failure };
  }
  return { card: card.number, assumed, runs: times, passed: times, failure: null };
}
