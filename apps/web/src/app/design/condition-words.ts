/** A condition as a sentence a trader would say: "RSI(14) below 30 on 1d". Reads both the full grammar and its shorthands. */

type Part = Readonly<Record<string, unknown>>;

const OPERATORS: Readonly<Record<string, string>> = {
  '>': '>',
  '>=': '≥',
  '<': '<',
  '<=': '≤',
  '==': '=',
  '!=': '≠',
  crosses_above: 'crosses above',
  crosses_below: 'crosses below',
  between: 'between',
};
const ARITHMETIC: Readonly<Record<string, string>> = { add: '+', sub: '−', mul: '×', div: '÷' };

export function groupWords(group: unknown): string {
  if (Array.isArray(group)) return group.map(groupWords).filter(Boolean).join(' and ');
  if (!isPart(group)) return '';
  const members = group['conditions'];
  if (!Array.isArray(members)) return conditionWords(group);
  const words = members.map((member) => {
    const text = groupWords(member);
    return isPart(member) && Array.isArray(member['conditions']) && member['conditions'].length > 1
      ? `(${text})`
      : text;
  });
  if (group['logic'] === 'NOT') return words.length === 0 ? '' : `not ${words.join(' ')}`;
  return words.filter(Boolean).join(group['logic'] === 'OR' ? ' or ' : ' and ');
}

function conditionWords(condition: Part): string {
  if (typeof condition['signal'] === 'string')
    return `${operandWords(condition)} ${condition['signal'].replaceAll('_', ' ')}`;
  const left =
    condition['left'] ?? (condition['indicator'] === undefined ? undefined : { ...condition, value: undefined });
  const right = condition['right'] ?? condition['value'];
  const operator = String(condition['operator'] ?? '');
  if (left === undefined || operator === '') return '';
  const rightWords = Array.isArray(right) ? right.map(operandWords).join(' and ') : operandWords(right);
  return `${operandWords(left)} ${OPERATORS[operator] ?? operator.replaceAll('_', ' ')} ${rightWords}`;
}

function operandWords(operand: unknown): string {
  if (typeof operand === 'number' || typeof operand === 'string') return String(operand);
  if (!isPart(operand)) return '?';
  const suffix = `${timeframe(operand)}${offset(operand)}`;
  if (typeof operand['indicator'] === 'string') {
    const params = isPart(operand['params']) ? Object.values(operand['params']).join(', ') : '';
    const output = typeof operand['output'] === 'string' ? ` ${operand['output']}` : '';
    return `${operand['indicator']}${params === '' ? '' : `(${params})`}${output}${suffix}`;
  }
  if (typeof operand['price'] === 'string') return `${operand['price']}${suffix}`;
  if (typeof operand['session'] === 'string') {
    const minutes = typeof operand['minutes'] === 'number' ? ` of ${operand['minutes']} min` : '';
    return `${operand['session'].replaceAll('_', ' ')}${minutes}`;
  }
  if (typeof operand['op'] === 'string' && Array.isArray(operand['args'])) {
    const args = operand['args'].map(operandWords);
    const sign = ARITHMETIC[operand['op']];
    return sign === undefined ? `${operand['op']}(${args.join(', ')})` : args.join(` ${sign} `);
  }
  return '?';
}

function timeframe(operand: Part): string {
  return typeof operand['timeframe'] === 'string' ? ` on ${operand['timeframe']}` : '';
}

function offset(operand: Part): string {
  const bars = operand['offset'];
  return typeof bars === 'number' && bars > 0 ? `, ${bars} ${bars === 1 ? 'bar' : 'bars'} ago` : '';
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
