import { BellwetherError, isBellwetherError, isTimeframe, TIMEFRAMES, type Timeframe } from '@bellwether/domain';
import { INDICATOR_CATALOGUE, outputIndex, parseIndicatorSpec } from '@bellwether/indicators';
import {
  ARITHMETIC_OPS,
  type ArithmeticOp,
  BAR_PRICES,
  CONDITION_LIMITS,
  type Condition,
  type ConditionGroup,
  type IndicatorOperand,
  LOGICS,
  OPERATORS,
  type Operand,
  QUOTE_PRICES,
  RANGE_TERMS,
  SESSION_TERMS,
} from './condition.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns the normal form of a group; a single condition becomes a group of one, a bare list is joined by AND.
 * Throws `invalid` `condition/bad-operand` with the place as a path (`/conditions/0/left`) below `path`, or the
 * indicator's own `indicator/unknown` and `indicator/bad-parameter` with that path in its details.
 */
export function parseConditionGroup(document: unknown, path = ''): ConditionGroup {
  if (Array.isArray(document)) return conditionGroupFrom(document, 'AND', path);
  const group = parseMember(document, path, { left: CONDITION_LIMITS.conditions }, CONDITION_LIMITS.depth);
  return 'logic' in group ? group : { logic: 'AND', conditions: [group] };
}

/** Returns the normal form of the seed's bare list with `logic` beside it; a whole group in place of the list is taken as it is. */
export function conditionGroupFrom(conditions: unknown, logic: unknown = 'AND', path = ''): ConditionGroup {
  if (!Array.isArray(conditions)) return parseConditionGroup(conditions, path);
  const budget = { left: CONDITION_LIMITS.conditions };
  return parseGroup({ logic, conditions }, path, budget, CONDITION_LIMITS.depth, path);
}

function parseMember(
  document: unknown,
  path: string,
  budget: { left: number },
  depth: number,
): ConditionGroup | Condition {
  const fields = expectFields(document, path, 'a condition or a group');
  if ('logic' in fields || 'conditions' in fields) return parseGroup(fields, path, budget, depth, `${path}/conditions`);
  if (--budget.left < 0) {
    throw bad(path, `at most ${CONDITION_LIMITS.conditions} conditions`, 'more', 'split them over several nodes');
  }
  if ('signal' in fields) return parseSignal(fields, path);
  if ('indicator' in fields && !('left' in fields)) return parseShorthand(fields, path);
  onlyFields(fields, ['left', 'operator', 'right'], path);
  return parseComparison(fields['left'], fields['operator'], fields['right'], path, ['left', 'operator', 'right']);
}

function parseGroup(
  fields: Fields,
  path: string,
  budget: { left: number },
  depth: number,
  listPath: string,
): ConditionGroup {
  onlyFields(fields, ['logic', 'conditions'], path);
  if (depth === 0) throw bad(path, `groups nested at most ${CONDITION_LIMITS.depth} deep`, 'deeper', 'flatten them');
  const logic = LOGICS.find((known) => known === fields['logic']);
  if (logic === undefined) {
    throw bad(`${path}/logic`, `one of ${LOGICS.join(', ')}`, fields['logic'], 'say how the conditions are joined');
  }
  const members = fields['conditions'];
  if (!Array.isArray(members)) throw bad(listPath, 'a list of conditions', members, 'put them in [ ]');
  if (members.length > CONDITION_LIMITS.conditions) {
    throw bad(
      listPath,
      `at most ${CONDITION_LIMITS.conditions} conditions`,
      members.length,
      'split them over several nodes',
    );
  }
  const conditions = members.map((member, i) => parseMember(member, `${listPath}/${i}`, budget, depth - 1));
  if (logic === 'NOT') {
    const only = conditions[0];
    const empty = only !== undefined && 'logic' in only && only.conditions.length === 0;
    if (conditions.length !== 1 || empty) {
      throw bad(
        listPath,
        'exactly one condition under NOT',
        conditions.length,
        'join several in an AND or OR group first',
      );
    }
  }
  return { logic, conditions };
}

/** { indicator: RSI, operator: '>', value: 70 } */
function parseShorthand(fields: Fields, path: string): Condition {
  const { operator, value, ...left } = fields;
  return parseComparison(left, operator, value, path, ['', 'operator', 'value']);
}

/** { indicator: MACD, signal: bullish_crossover }: the MACD line crosses its signal line. */
function parseSignal(fields: Fields, path: string): Condition {
  const { signal, ...left } = fields;
  onlyFields(left, ['indicator', 'params', 'source', 'timeframe', 'offset', 'forming'], path);
  const line = parseIndicator(left, path);
  if (line.indicator !== 'MACD') {
    throw bad(
      `${path}/signal`,
      'signal only with MACD',
      line.indicator,
      'write left, operator crosses_above, right instead',
    );
  }
  if (signal !== 'bullish_crossover' && signal !== 'bearish_crossover') {
    throw bad(`${path}/signal`, 'bullish_crossover or bearish_crossover', signal, 'name one of the two');
  }
  return {
    left: line,
    operator: signal === 'bullish_crossover' ? 'crosses_above' : 'crosses_below',
    right: { ...line, output: 'signal' },
  };
}

function parseComparison(
  leftDocument: unknown,
  operatorDocument: unknown,
  rightDocument: unknown,
  path: string,
  names: readonly [string, string, string],
): Condition {
  const at = (name: string) => (name === '' ? path : `${path}/${name}`);
  const operator = OPERATORS.find((known) => known === operatorDocument);
  if (operator === undefined) {
    throw bad(at(names[1]), `one of ${OPERATORS.join(' ')}`, operatorDocument, 'choose an operator');
  }
  const left = parseOperand(leftDocument, at(names[0]));
  const rightPath = at(names[2]);
  if (operator !== 'between') return { left, operator, right: parseOperand(rightDocument, rightPath) };
  if (!Array.isArray(rightDocument) || rightDocument.length !== 2) {
    throw bad(rightPath, '[low, high] after between', rightDocument, 'give both bounds');
  }
  const low = parseOperand(rightDocument[0], `${rightPath}/0`);
  const high = parseOperand(rightDocument[1], `${rightPath}/1`);
  if (typeof low === 'number' && typeof high === 'number' && low > high) {
    throw bad(rightPath, 'low at most high', rightDocument, 'exchange the bounds');
  }
  return { left, operator, right: [low, high] };
}

function parseOperand(document: unknown, path: string, depth: number = CONDITION_LIMITS.depth): Operand {
  if (typeof document === 'number') {
    if (!Number.isFinite(document)) throw bad(path, 'a finite number', String(document), 'write the number');
    return document;
  }
  const fields = expectFields(
    document,
    path,
    'a number or an operand such as {"price":"close"} or {"indicator":"RSI"}',
  );
  if ('price' in fields) return parsePrice(fields, path);
  if ('indicator' in fields) return parseIndicator(fields, path);
  if ('session' in fields) return parseSession(fields, path);
  if ('op' in fields) return parseArithmetic(fields, path, depth);
  throw bad(path, 'one of the fields price, indicator, session or op', fields, 'name the operand');
}

function parsePrice(fields: Fields, path: string): Operand {
  onlyFields(fields, ['price', 'timeframe', 'offset', 'forming'], path);
  const known = [...BAR_PRICES, ...QUOTE_PRICES];
  const price = known.find((name) => name === fields['price']);
  if (price === undefined) throw bad(`${path}/price`, `one of ${known.join(', ')}`, fields['price'], 'name a price');
  const place = parsePlace(fields, path);
  if (QUOTE_PRICES.some((name) => name === price) && (place.timeframe !== undefined || place.offset !== undefined)) {
    throw bad(path, `${price} without timeframe and offset, because a quote has no bars`, fields, 'use close instead');
  }
  return { price, ...place };
}

function parseIndicator(fields: Fields, path: string): IndicatorOperand {
  onlyFields(fields, ['indicator', 'params', 'output', 'source', 'timeframe', 'offset', 'forming'], path);
  const place = parsePlace(fields, path);
  try {
    const spec = parseIndicatorSpec({
      indicator: fields['indicator'] as string,
      params: fields['params'] as Fields | undefined,
      source: fields['source'],
    });
    const outputs = INDICATOR_CATALOGUE.get(spec.indicator)?.outputs ?? [];
    const output = outputs[outputIndex(spec, fields['output'] as string | undefined)] as string;
    return {
      indicator: spec.indicator,
      params: spec.params,
      output,
      ...(spec.source && { source: spec.source }),
      ...place,
    };
  } catch (error) {
    if (!isBellwetherError(error)) throw error;
    throw new BellwetherError(
      error.kind,
      error.code,
      `${path || '/'}: ${error.message}`,
      { ...error.details, path },
      error,
    );
  }
}

function parseSession(fields: Fields, path: string): Operand {
  const range = RANGE_TERMS.find((term) => term === fields['session']);
  if (range !== undefined) {
    onlyFields(fields, ['session', 'minutes'], path);
    const minutes = parseCount(fields['minutes'], `${path}/minutes`, 1, CONDITION_LIMITS.rangeMinutes);
    return { session: range, minutes };
  }
  onlyFields(fields, ['session'], path);
  const term = SESSION_TERMS.find((known) => known === fields['session']);
  if (term === undefined) {
    const known = [...SESSION_TERMS, ...RANGE_TERMS].join(', ');
    throw bad(`${path}/session`, `one of ${known}`, fields['session'], 'name a fact of the session');
  }
  return { session: term };
}

const ARGUMENTS: Readonly<Record<ArithmeticOp, readonly [number, number]>> = {
  add: [2, CONDITION_LIMITS.arguments],
  sub: [2, 2],
  mul: [2, CONDITION_LIMITS.arguments],
  div: [2, 2],
  abs: [1, 1],
  min: [2, CONDITION_LIMITS.arguments],
  max: [2, CONDITION_LIMITS.arguments],
};

function parseArithmetic(fields: Fields, path: string, depth: number): Operand {
  onlyFields(fields, ['op', 'args'], path);
  if (depth === 0) throw bad(path, `arithmetic nested at most ${CONDITION_LIMITS.depth} deep`, 'deeper', 'simplify it');
  const op = ARITHMETIC_OPS.find((known) => known === fields['op']);
  if (op === undefined)
    throw bad(`${path}/op`, `one of ${ARITHMETIC_OPS.join(', ')}`, fields['op'], 'name an operation');
  const args = fields['args'];
  const [least, most] = ARGUMENTS[op];
  if (!Array.isArray(args) || args.length < least || args.length > most) {
    const count = least === most ? `${least}` : `${least} to ${most}`;
    throw bad(`${path}/args`, `a list of ${count} operands for ${op}`, args, 'complete the list');
  }
  return { op, args: args.map((arg, i) => parseOperand(arg, `${path}/args/${i}`, depth - 1)) };
}

interface Place {
  timeframe?: Timeframe;
  offset?: number;
  forming?: boolean;
}

function parsePlace(fields: Fields, path: string): Place {
  const place: Place = {};
  const { timeframe, offset, forming } = fields;
  if (timeframe !== undefined) {
    if (!isTimeframe(timeframe)) {
      throw bad(`${path}/timeframe`, `one of ${TIMEFRAMES.join(', ')}`, timeframe, 'name a timeframe');
    }
    place.timeframe = timeframe;
  }
  if (offset !== undefined) {
    const bars = parseCount(offset, `${path}/offset`, 0, CONDITION_LIMITS.offset);
    if (bars > 0) place.offset = bars;
  }
  if (forming !== undefined) {
    if (typeof forming !== 'boolean') throw bad(`${path}/forming`, 'true or false', forming, 'leave it out');
    if (forming && place.offset !== undefined) {
      throw bad(path, 'offset or forming, not both', fields, 'closed bars back are never forming');
    }
    if (forming) place.forming = true;
  }
  return place;
}

function parseCount(value: unknown, path: string, minimum: number, maximum: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  throw bad(path, `a whole number from ${minimum} to ${maximum}`, value, 'correct the number');
}

function expectFields(document: unknown, path: string, what: string): Fields {
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document as Fields;
  throw bad(path, what, document, 'see the grammar of conditions');
}

function onlyFields(fields: Fields, known: readonly string[], path: string): void {
  const unknown = Object.keys(fields).find((field) => !known.includes(field));
  if (unknown === undefined) return;
  throw bad(`${path}/${unknown}`, `only the fields ${known.join(', ')}`, unknown, 'remove it or correct its spelling');
}

function bad(path: string, expected: string, was: unknown, remedy: string): BellwetherError {
  const shown = was === undefined ? 'absent' : typeof was === 'string' ? was : JSON.stringify(was).slice(0, 80);
  const message = `${path || '/'}: expected ${expected}, was ${shown}; ${remedy}`;
  return new BellwetherError('invalid', 'condition/bad-operand', message, { path, remedy });
}
