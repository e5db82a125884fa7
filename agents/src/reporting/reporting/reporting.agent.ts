// Tells what happened and why: the lane's journal → plain sentences → report.
import { priceText } from '@bellwether/domain';
import { type AgentContext, type Decision, defineAgent, type LaneStory, type Report } from '@bellwether/kernel';
import { reportParagraphs } from './report-sentences.ts';
import { type ReportingConfig, ReportingConfigSchema, reportingConfig } from './reporting.schema.ts';

export const reportingAgent = defineAgent<ReportingConfig>({
  type: 'reporting_agent',
  version: 1,
  category: 'reporting',
  name: 'Report',
  description: 'Writes what was seen, decided and done, and why not, from the journal.',
  icon: 'file-text',
  rate: '0',
  reads: [],
  readsAnyOf: ['trigger', 'universe', 'market_data', 'bias', 'strategy', 'risk', 'trade'],
  writes: 'report',
  config: { schema: ReportingConfigSchema, parse: reportingConfig },
  decide: (_input, _config, context) => decide(context),
});

function decide(context: AgentContext): Decision {
  const story = context.story();
  const outcome = outcomeOf(story, context);
  const value: Report = {
    symbol: context.symbol,
    title: titleOf(story, outcome, context.symbol),
    outcome,
    paragraphs: reportParagraphs(story, context),
    timestamp: context.now,
  };
  return { kind: 'output', output: { kind: 'report', value }, summary: value.title };
}

function outcomeOf(story: LaneStory, context: AgentContext): Report['outcome'] {
  if (story.steps.some(({ status }) => status === 'failed')) return 'failed';
  if (story.orders.some(({ averagePrice }) => averagePrice !== null)) return 'traded';
  const wouldTrade = story.steps.some(({ status, output }) => status === 'done' && output?.kind === 'trade');
  return context.tradingMode === 'validation' && wouldTrade ? 'would_execute' : 'blocked';
}

function titleOf(story: LaneStory, outcome: Report['outcome'], symbol: string): string {
  switch (outcome) {
    case 'traded': {
      const done = story.orders.flatMap(({ side, filledQuantity, averagePrice }) =>
        averagePrice === null
          ? []
          : [`${side === 'buy' ? 'bought' : 'sold'} ${filledQuantity} at $${priceText(averagePrice)}`],
      );
      return `${symbol}: ${done.join(', ')}`;
    }
    case 'would_execute':
      return `${symbol}: would have traded`;
    case 'failed':
      return `${symbol}: a step failed`;
    case 'blocked': {
      const blocked = story.steps.find(({ status }) => status === 'blocked');
      return `${symbol}: no trade${blocked?.refusal === null || blocked === undefined ? '' : ` (${blocked.refusal.rule.replaceAll('_', ' ')})`}`;
    }
    default:
      return outcome satisfies never;
  }
}
