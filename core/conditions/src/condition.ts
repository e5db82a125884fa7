// The grammar of conditions: what a document may hold, and the normal form that everything else reads.
// document → parse-condition → ConditionGroup → indicator-streams (compiled) → met, not met, not warm
import { TIMEFRAMES, type Timeframe } from '@bellwether/domain';
import { type IndicatorParams, PRICE_SOURCES, type PriceSource } from '@bellwether/indicators';
import Type from 'typebox';

export const LOGICS = ['AND', 'OR', 'NOT'] as const;
export type Logic = (typeof LOGICS)[number];

export const OPERATORS = ['>', '>=', '<', '<=', '==', '!=', 'crosses_above', 'crosses_below', 'between'] as const;
export type Operator = (typeof OPERATORS)[number];

export const BAR_PRICES = ['open', 'high', 'low', 'close', 'volume'] as const;
export type BarPrice = (typeof BAR_PRICES)[number];
export const QUOTE_PRICES = ['bid', 'ask', 'last'] as const;
export type QuotePrice = (typeof QUOTE_PRICES)[number];

export const SESSION_TERMS = [
  'minutes_since_open',
  'minutes_to_close',
  'day_of_week',
  'previous_high',
  'previous_low',
  'previous_close',
] as const;
export type SessionTerm = (typeof SESSION_TERMS)[number];
export const RANGE_TERMS = ['range_high', 'range_low'] as const;
export type RangeTerm = (typeof RANGE_TERMS)[number];

export const ARITHMETIC_OPS = ['add', 'sub', 'mul', 'div', 'abs', 'min', 'max'] as const;
export type ArithmeticOp = (typeof ARITHMETIC_OPS)[number];

/** How far back an operand may look, how many minutes a session's range may take, how much a document may nest and hold. */
export const CONDITION_LIMITS = { offset: 1000, rangeMinutes: 1440, depth: 8, conditions: 100, arguments: 8 } as const;

/** `timeframe` absent: the condition's own. `offset` counts closed bars back, 0 is the last one. */
export interface PriceOperand {
  readonly price: BarPrice | QuotePrice;
  readonly timeframe?: Timeframe;
  readonly offset?: number;
  readonly forming?: boolean;
}
export interface IndicatorOperand {
  readonly indicator: string;
  /** Complete, in the catalogue's order. */
  readonly params: IndicatorParams;
  readonly output: string;
  readonly source?: PriceSource;
  readonly timeframe?: Timeframe;
  readonly offset?: number;
  readonly forming?: boolean;
}
export interface SessionOperand {
  readonly session: SessionTerm;
}
export interface RangeOperand {
  readonly session: RangeTerm;
  readonly minutes: number;
}
export interface ArithmeticOperand {
  readonly op: ArithmeticOp;
  readonly args: readonly Operand[];
}
export type Operand = number | PriceOperand | IndicatorOperand | SessionOperand | RangeOperand | ArithmeticOperand;

export type Condition =
  | { readonly left: Operand; readonly operator: Exclude<Operator, 'between'>; readonly right: Operand }
  | { readonly left: Operand; readonly operator: 'between'; readonly right: readonly [Operand, Operand] };

/**
 * The normal form: shorthands resolved, parameters complete. It is itself a document, and parsing it changes nothing.
 * `NOT` has exactly one member; an empty group is never met.
 */
export interface ConditionGroup {
  readonly logic: Logic;
  readonly conditions: readonly (ConditionGroup | Condition)[];
}

export function isGroup(member: ConditionGroup | Condition): member is ConditionGroup {
  return 'logic' in member;
}

const closed = { additionalProperties: false } as const;
const timeframe = Type.Optional(
  Type.Enum([...TIMEFRAMES], { title: 'Timeframe', description: "The condition's own when absent." }),
);
const offset = Type.Optional(
  Type.Integer({ minimum: 0, maximum: CONDITION_LIMITS.offset, title: 'Bars back', description: 'Closed bars back.' }),
);
const forming = Type.Optional(
  Type.Boolean({ title: 'Forming bar', description: 'Sees the unfinished bar; live and simulation only.' }),
);
const params = Type.Optional(Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }));
const output = Type.Optional(Type.String());
const source = Type.Optional(Type.Enum([...PRICE_SOURCES]));
const indicator = Type.String({ description: 'A name of the indicator catalogue, such as RSI or SMA_20.' });
const operand = Type.Ref('ConditionOperand');
const range = Type.Array(operand, { minItems: 2, maxItems: 2, description: 'Low and high, both included.' });

/** What a document may hold, shorthands included. The parser checks the rest: names, bounds, sense. */
export const ConditionGroupSchema = Type.Cyclic(
  {
    ConditionGroup: Type.Object(
      {
        logic: Type.Enum([...LOGICS]),
        conditions: Type.Array(Type.Union([Type.Ref('ConditionGroup'), Type.Ref('Condition')]), {
          maxItems: CONDITION_LIMITS.conditions,
        }),
      },
      closed,
    ),
    Condition: Type.Union([
      Type.Object({ left: operand, operator: Type.Enum([...OPERATORS]), right: Type.Union([operand, range]) }, closed),
      Type.Object(
        {
          ...{ indicator, params, output, source, timeframe, offset, forming },
          operator: Type.Enum([...OPERATORS]),
          value: Type.Union([operand, range]),
        },
        closed,
      ),
      Type.Object(
        {
          ...{ indicator, params, source, timeframe, offset, forming },
          signal: Type.Enum(['bullish_crossover', 'bearish_crossover']),
        },
        closed,
      ),
    ]),
    ConditionOperand: Type.Union([
      Type.Number(),
      Type.Object({ price: Type.Enum([...BAR_PRICES, ...QUOTE_PRICES]), timeframe, offset, forming }, closed),
      Type.Object({ indicator, params, output, source, timeframe, offset, forming }, closed),
      Type.Object({ session: Type.Enum([...SESSION_TERMS]) }, closed),
      Type.Object(
        {
          session: Type.Enum([...RANGE_TERMS]),
          minutes: Type.Integer({ minimum: 1, maximum: CONDITION_LIMITS.rangeMinutes }),
        },
        closed,
      ),
      Type.Object(
        {
          op: Type.Enum([...ARITHMETIC_OPS]),
          args: Type.Array(operand, { minItems: 1, maxItems: CONDITION_LIMITS.arguments }),
        },
        closed,
      ),
    ]),
  },
  'ConditionGroup',
  { format: 'condition-group', title: 'Conditions', description: 'Conditions on closed bars.' },
);
