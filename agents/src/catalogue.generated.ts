// Written by tools/generate-agent-catalogue.ts from the agents' folders; do not edit.
import { biasAgent } from './analysis/bias/bias.agent.ts';
import { conditionGateAgent } from './analysis/condition-gate/condition-gate.agent.ts';
import { ruleStrategyAgent } from './analysis/rule-strategy/rule-strategy.agent.ts';
import { strategyAgent } from './analysis/strategy/strategy.agent.ts';
import { marketDataAgent } from './data/market-data/market-data.agent.ts';
import { tradeManagerAgent } from './execution/trade-manager/trade-manager.agent.ts';
import { reportingAgent } from './reporting/reporting/reporting.agent.ts';
import { riskManagerAgent } from './risk/risk-manager/risk-manager.agent.ts';
import { pipelineManagerAgent } from './system/pipeline-manager/pipeline-manager.agent.ts';
import { priceTriggerAgent } from './trigger/price/price.agent.ts';
import { technicalTriggerAgent } from './trigger/technical/technical.agent.ts';
import { timeTriggerAgent } from './trigger/time/time.agent.ts';

/** Every agent, in the order of the palette. */
export const AGENTS = [
  priceTriggerAgent,
  technicalTriggerAgent,
  timeTriggerAgent,
  marketDataAgent,
  biasAgent,
  conditionGateAgent,
  ruleStrategyAgent,
  strategyAgent,
  riskManagerAgent,
  tradeManagerAgent,
  reportingAgent,
  pipelineManagerAgent,
] as const;
