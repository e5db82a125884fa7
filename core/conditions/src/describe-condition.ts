import { describeIndicator, INDICATOR_CATALOGUE } from '@bellwether/indicators';
import {
  type ArithmeticOp,
  type Condition,
  type ConditionGroup,
  isGroup,
  type Operand,
  type Operator,
} from './condition.ts';

const OPERATOR_WORDS: Readonly<Record<Exclude<Operator, 'between'>, string>> = {
  '>': 'is above',
  '>=': 'is at or above',
  '<': 'is below',
  '<=': 'is at or below',
  '==': 'equals',
  '!=': 'differs from',
  crosses_above: 'crosses above',
  crosses_below: 'crosses below',
};

const INFIX: Readonly<Partial<Record<ArithmeticOp, string>>> = { add: ' + ', sub: ' − ', mul: ' × ', div: ' / ' };

/** Returns the group in plain words, such as "RSI 14 is above 70 and MACD 12, 26, 9 crosses above MACD 12, 26, 9 signal". */
export function describeCondition(member: ConditionGroup | Condition): string {
  if (!isGroup(member)) return describeTerm(member);
  const parts = member.conditions.map((inner) =>
    isGroup(inner) && inner.conditions.length > 1 ? `(${describeCondition(inner)})` : describeCondition(inner),
  );
  if (parts.length === 0) return 'never';
  return member.logic === 'NOT' ? `not ${parts[0]}` : parts.join(member.logic === 'AND' ? ' and ' : ' or ');
}

function describeTerm(condition: Condition): string {
  const left = describeOperand(condition.left);
  if (condition.operator === 'between') {
    return `${left} is between ${describeOperand(condition.right[0])} and ${describeOperand(condition.right[1])}`;
  }
  return `${left} ${OPERATOR_WORDS[condition.operator]} ${describeOperand(condition.right)}`;
}

/** Returns the operand in plain words, such as "SMA 20 of open on 1h, 3 bars ago". */
export function describeOperand(operand: Operand): string {
  if (typeof operand === 'number') return String(operand);
  if ('price' in operand) return operand.price + describePlace(operand);
  if ('indicator' in operand) {
    const name = describeIndicator({ ...operand, source: operand.source ?? null });
    const main = INDICATOR_CATALOGUE.get(operand.indicator)?.defaultOutput;
    const output = operand.output === main ? '' : ` ${operand.output.replaceAll('_', ' ')}`;
    return name + output + describePlace(operand);
  }
  if ('session' in operand) {
    if (!('minutes' in operand))
      return operand.session.replaceAll('_', ' ').replace('previous', "the previous session's");
    return `the ${operand.session === 'range_high' ? 'high' : 'low'} of the first ${operand.minutes} minutes`;
  }
  const args = operand.args.map(describeOperand);
  const infix = INFIX[operand.op];
  return infix === undefined ? `${operand.op}(${args.join(', ')})` : `(${args.join(infix)})`;
}

function describePlace(place: { timeframe?: string; offset?: number; forming?: boolean }): string {
  const timeframe = place.timeframe === undefined ? '' : ` on ${place.timeframe}`;
  const offset = place.offset === undefined ? '' : `, ${place.offset} ${place.offset === 1 ? 'bar' : 'bars'} ago,`;
  return timeframe + offset + (place.forming === true ? ' of the forming bar' : '');
}
