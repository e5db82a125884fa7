import { Restorable } from '@bellwether/indicators';
import type { ArithmeticOp } from './condition.ts';

const DIRECT = 0;
const EARLIER = 1;
const OPERATION: Readonly<Record<ArithmeticOp, number>> = { add: 2, sub: 3, mul: 4, div: 5, abs: 6, min: 7, max: 8 };

/** The last values of a node, as deep as the furthest offset that a condition asks for. */
export class ValueHistory extends Restorable {
  private readonly of: OperandNode;
  depth: number;
  private ring: Float64Array;
  private newest = 0;

  constructor(of: OperandNode, depth: number) {
    super();
    this.of = of;
    this.depth = depth;
    this.ring = new Float64Array(depth).fill(Number.NaN);
  }

  /** Makes room for `depth` values; those it has, it keeps. */
  deepen(depth: number): void {
    if (depth <= this.depth) return;
    const ring = new Float64Array(depth).fill(Number.NaN);
    for (let offset = 0; offset < this.depth; offset++) ring[this.depth - 1 - offset] = this.at(offset);
    this.newest = this.depth - 1;
    this.ring = ring;
    this.depth = depth;
  }

  /** Takes the node's value of the bar that has just closed. */
  push(): void {
    this.newest = this.newest + 1 === this.depth ? 0 : this.newest + 1;
    this.ring[this.newest] = this.of.read();
  }

  /** Returns the value `offset` bars ago, NaN before there was one; `offset` is below the depth. */
  at(offset: number): number {
    const place = this.newest - offset;
    return this.ring[place < 0 ? place + this.depth : place] as number;
  }
}

/** A compiled operand: a place where somebody else keeps the newest value, an earlier value, or arithmetic on others. One class, so that reading stays one shape. */
export class OperandNode {
  private readonly operation: number;
  private readonly values: Float64Array;
  private readonly index: number;
  private readonly history: ValueHistory | null;
  private readonly args: readonly OperandNode[];

  private constructor(
    operation: number,
    values: Float64Array,
    index: number,
    history: ValueHistory | null,
    args: readonly OperandNode[],
  ) {
    this.operation = operation;
    this.values = values;
    this.index = index;
    this.history = history;
    this.args = args;
  }

  /** Reads slot `index` of an array that its owner overwrites. */
  static direct(values: Float64Array, index: number): OperandNode {
    return new OperandNode(DIRECT, values, index, null, []);
  }

  static constant(value: number): OperandNode {
    return OperandNode.direct(Float64Array.of(value), 0);
  }

  static earlier(history: ValueHistory, offset: number): OperandNode {
    return new OperandNode(EARLIER, new Float64Array(0), offset, history, []);
  }

  static arithmetic(op: ArithmeticOp, args: readonly OperandNode[]): OperandNode {
    return new OperandNode(OPERATION[op], new Float64Array(0), 0, null, args);
  }

  /** Returns the value now, NaN while it is not known. */
  read(): number {
    if (this.operation === DIRECT) return this.values[this.index] as number;
    if (this.history !== null) return this.history.at(this.index);
    return this.compute();
  }

  private compute(): number {
    const args = this.args;
    let result = (args[0] as OperandNode).read();
    if (this.operation === OPERATION.abs) return Math.abs(result);
    for (let i = 1; i < args.length; i++) {
      const value = (args[i] as OperandNode).read();
      switch (this.operation) {
        case OPERATION.add:
          result += value;
          break;
        case OPERATION.sub:
          result -= value;
          break;
        case OPERATION.mul:
          result *= value;
          break;
        case OPERATION.div:
          // A quotient by zero is not a number that a market could be compared with: it is not known.
          result = value === 0 ? Number.NaN : result / value;
          break;
        case OPERATION.min:
          result = Math.min(result, value);
          break;
        default:
          result = Math.max(result, value);
      }
    }
    return result;
  }
}
