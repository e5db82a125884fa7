import { sortTimeframes, type Timeframe } from '@bellwether/domain';
import { type IndicatorSpec, indicatorKey } from '@bellwether/indicators';
import { type Condition, type ConditionGroup, type IndicatorOperand, isGroup, type Operand } from './condition.ts';

/** An indicator that a group reads, and the timeframe it is read on. */
export interface IndicatorNeed {
  readonly timeframe: Timeframe;
  readonly spec: IndicatorSpec;
}

/** Returns every timeframe whose bars the group reads, its own included, shortest first. */
export function timeframesOf(group: ConditionGroup, defaultTimeframe: Timeframe): Timeframe[] {
  const timeframes = [defaultTimeframe];
  for (const operand of operandsOf(group)) {
    if (typeof operand === 'object' && 'timeframe' in operand && operand.timeframe !== undefined) {
      timeframes.push(operand.timeframe);
    }
  }
  return sortTimeframes(timeframes);
}

/** Returns every indicator that the group reads, each once. */
export function indicatorsOf(group: ConditionGroup, defaultTimeframe: Timeframe): IndicatorNeed[] {
  const needs = new Map<string, IndicatorNeed>();
  for (const operand of operandsOf(group)) {
    if (typeof operand !== 'object' || !('indicator' in operand)) continue;
    const timeframe = operand.timeframe ?? defaultTimeframe;
    const spec = specOf(operand);
    needs.set(`${timeframe}|${indicatorKey(spec)}`, { timeframe, spec });
  }
  return [...needs.values()];
}

/** True when an operand asks for the forming bar, which a backtest cannot show. */
export function usesForming(group: ConditionGroup): boolean {
  return operandsOf(group).some((operand) => typeof operand === 'object' && 'forming' in operand);
}

/** True when an operand is a bid, ask or last price, which only a quote can supply. */
export function usesQuote(group: ConditionGroup): boolean {
  return operandsOf(group).some(
    (operand) =>
      typeof operand === 'object' &&
      'price' in operand &&
      (operand.price === 'bid' || operand.price === 'ask' || operand.price === 'last'),
  );
}

export function specOf(operand: IndicatorOperand): IndicatorSpec {
  return { indicator: operand.indicator, params: operand.params, source: operand.source ?? null };
}

function operandsOf(member: ConditionGroup | Condition): Operand[] {
  if (isGroup(member)) return member.conditions.flatMap(operandsOf);
  const right = member.operator === 'between' ? member.right : [member.right];
  return [member.left, ...right].flatMap(withArguments);
}

function withArguments(operand: Operand): Operand[] {
  if (typeof operand === 'number' || !('op' in operand)) return [operand];
  return [operand, ...operand.args.flatMap(withArguments)];
}
