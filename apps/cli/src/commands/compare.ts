import { formatInstant } from '@bellwether/domain';
import {
  compareRuns,
  type FillDifference,
  type FilledOrder,
  type OrderCause,
  type Run,
  type RunComparison,
} from '@bellwether/kernel';
import { type Command, readArguments, usage } from '../command.ts';
import { readJournal } from '../read-journal.ts';

export const compare: Command = {
  name: 'compare',
  summary: 'holds two journals against each other: decisions that differ, and what the fills differ by',
  usage: `bellwether compare <execution-id | journal.jsonl> <execution-id | journal.jsonl> [--json]

Of one pipeline on one market, such as a backtest and a paper run: decisions are to be the same, fills may differ, and what stood in an
order's way (a limit of the account, a refusal) is named. A journal file is what \`bellwether backtest --journal\` or \`bellwether run\` writes.
Executions are matched by what started them. Where one side is a single execution, only that one is compared.
Ends with 1 when a decision differs.`,
  async run(args, output) {
    const { values, positionals } = readArguments(args, { json: { type: 'boolean' } });
    const [a, b, ...more] = positionals;
    if (a === undefined || b === undefined || more.length > 0)
      throw usage(`expected two execution ids or journal files, was ${positionals.length}`);
    const [left, right] = await Promise.all([readJournal(a), readJournal(b)]);
    const [one, other] = narrowed([...left.executions.values()], [...right.executions.values()]);
    const comparison = compareRuns(one, other);
    output.out(values.json ? JSON.stringify(comparison) : told(comparison));
    return comparison.decisionDifferences.length > 0 ? 1 : 0;
  },
};

function narrowed(a: Run, b: Run): readonly [Run, Run] {
  if (a.length === 1) return [a, b.filter((journal) => startOf(journal) === startOf(a[0]))];
  if (b.length === 1) return [a.filter((journal) => startOf(journal) === startOf(b[0])), b];
  return [a, b];
}

function startOf(journal: Run[number] | undefined): number | null {
  return journal?.find((event) => event.event === 'execution_started')?.at ?? null;
}

function told({ decisions, orders, decisionDifferences, fillDifferences, effect }: RunComparison): string {
  const lines = [
    decisionDifferences.length === 0
      ? `the same ${decisions} decisions`
      : `${decisionDifferences.length} of ${decisions} decisions differ`,
    ...decisionDifferences.flatMap(({ at, agentId, symbol, a, b }) => [
      `  ${formatInstant(at)} ${symbol ?? '-'} node ${agentId}`,
      `    a ${a ?? 'has no such decision'}`,
      `    b ${b ?? 'has no such decision'}`,
    ]),
    fillDifferences.length === 0
      ? `the same fills of ${orders} orders`
      : `${fillDifferences.length} of ${orders} orders were filled differently, which is worth $${effect} to b`,
    ...fillDifferences.map(filledDifferently),
  ];
  return lines.join('\n');
}

function filledDifferently({ decidedAt, symbol, side, a, b, causeA, causeB, effect }: FillDifference): string {
  return `  ${formatInstant(decidedAt)} ${side} ${symbol}: a ${filled(a, causeA)}, b ${filled(b, causeB)}: $${effect}`;
}

function filled(order: FilledOrder | null, cause: OrderCause | null): string {
  const why = cause === null ? '' : ` (${cause.text})`;
  if (order === null) return `not filled${why}`;
  return `${order.quantity} at ${order.price} at ${formatInstant(order.at)} for $${order.commission}${why}`;
}
