// Compiled conditions. Verdicts are numbers, so that a group is folded without allocation.
import { faceValue, Restorable } from '@bellwether/indicators';
import type { Logic, Operator } from './condition.ts';
import type { OperandNode } from './operand-node.ts';

export const MET = 1;
export const NOT_MET = 0;
/** Counts as not met, and NOT does not turn it into met. */
export const NOT_WARM = -1;

/** What a journal, a blocked lane and the why-not panel show of one comparison. */
export interface TermReading {
  readonly text: string;
  readonly left: number | null;
  readonly operator: Operator;
  /** [low, high] for `between`. */
  readonly right: number | null | readonly [number | null, number | null];
  readonly met: boolean;
  readonly warm: boolean;
  /** How far left is from being where the operator wants it, in left's unit and never negative; 0 when met, null when not warm. */
  readonly distance: number | null;
}

export interface ConditionReading {
  readonly met: boolean;
  readonly warm: boolean;
  readonly text: string;
  /** Every comparison of the group, in the document's order. */
  readonly terms: readonly TermReading[];
}

const NO_CROSS = 0;
const UNKNOWN_CROSS = 2;

/**
 * How `left` went past `right` between the last two closed bars of the condition's timeframe: 1 above, -1 below.
 * A run of equal bars belongs to the side before it.
 *
 * Invariants: 1. `compute` changes nothing, so a bar may be read any number of times. 2. A bar is settled when time
 * moves on, after every timeframe's bar of its instant was taken: the order of bars within an instant is no matter.
 */
export class CrossNode extends Restorable {
  private readonly left: OperandNode;
  private readonly right: OperandNode;
  /** Side of the last unequal bar before the pending one; 0 while there was none. */
  private side = 0;
  private known = false;
  private pending = false;
  private settled = UNKNOWN_CROSS;

  constructor(left: OperandNode, right: OperandNode) {
    super();
    this.left = left;
    this.right = right;
  }

  /** A bar of the condition's timeframe has closed. */
  barClosed(): void {
    this.pending = true;
  }

  /** Time moves past the instant of the pending bar; the operands still hold its values. */
  settle(): void {
    if (!this.pending) return;
    const left = this.left.read();
    const right = this.right.read();
    this.settled = this.compute(left, right);
    this.pending = false;
    if (left !== left || right !== right) {
      this.known = false;
      this.side = 0;
    } else {
      this.known = true;
      if (left !== right) this.side = left > right ? 1 : -1;
    }
  }

  /** Returns 1, -1, 0 for no crossing, or 2 (not known) while either side was not warm on either bar. */
  outcome(): number {
    return this.pending ? this.compute(this.left.read(), this.right.read()) : this.settled;
  }

  private compute(left: number, right: number): number {
    if (!this.known || left !== left || right !== right) return UNKNOWN_CROSS;
    if (left > right && this.side < 0) return 1;
    if (left < right && this.side > 0) return -1;
    return NO_CROSS;
  }
}

/** One comparison. */
export class TermNode {
  readonly text: string;
  private readonly operator: Operator;
  private readonly left: OperandNode;
  private readonly right: OperandNode;
  private readonly high: OperandNode | null;
  private readonly cross: CrossNode | null;

  constructor(
    text: string,
    operator: Operator,
    left: OperandNode,
    right: OperandNode,
    high: OperandNode | null,
    cross: CrossNode | null,
  ) {
    this.text = text;
    this.operator = operator;
    this.left = left;
    this.right = right;
    this.high = high;
    this.cross = cross;
  }

  evaluate(): number {
    if (this.cross !== null) {
      const outcome = this.cross.outcome();
      if (outcome === UNKNOWN_CROSS) return NOT_WARM;
      return outcome === (this.operator === 'crosses_above' ? 1 : -1) ? MET : NOT_MET;
    }
    const left = this.left.read();
    const right = this.right.read();
    if (left !== left || right !== right) return NOT_WARM;
    switch (this.operator) {
      case '>':
        return left > right ? MET : NOT_MET;
      case '>=':
        return left >= right ? MET : NOT_MET;
      case '<':
        return left < right ? MET : NOT_MET;
      case '<=':
        return left <= right ? MET : NOT_MET;
      case '==':
        return left === right ? MET : NOT_MET;
      case '!=':
        return left !== right ? MET : NOT_MET;
      default: {
        const high = this.high === null ? Number.NaN : this.high.read();
        if (high !== high) return NOT_WARM;
        return left >= right && left <= high ? MET : NOT_MET;
      }
    }
  }

  reading(): TermReading {
    const verdict = this.evaluate();
    const left = this.left.read();
    const right = this.right.read();
    const high = this.high === null ? null : this.high.read();
    const beyond = high !== null && left > high ? left - high : Math.abs(left - right);
    return {
      text: this.text,
      left: faceValue(left),
      operator: this.operator,
      right: high === null ? faceValue(right) : [faceValue(right), faceValue(high)],
      met: verdict === MET,
      warm: verdict !== NOT_WARM,
      distance: verdict === NOT_WARM ? null : verdict === MET ? 0 : faceValue(beyond),
    };
  }
}

/**
 * Members joined by three-valued logic (Kleene): a member that is not warm decides nothing, so an OR is met by another
 * member and an AND is refused by one, and only what no member could change is met or not met.
 */
export class GroupNode {
  private readonly logic: Logic;
  private readonly members: readonly (GroupNode | TermNode)[];

  constructor(logic: Logic, members: readonly (GroupNode | TermNode)[]) {
    this.logic = logic;
    this.members = members;
  }

  evaluate(): number {
    const members = this.members;
    if (members.length === 0) return NOT_MET;
    const first = (members[0] as GroupNode | TermNode).evaluate();
    if (this.logic === 'NOT') return first === NOT_WARM ? NOT_WARM : MET - first;
    const decisive = this.logic === 'AND' ? NOT_MET : MET;
    let verdict = first;
    for (let i = 1; i < members.length && verdict !== decisive; i++) {
      const next = (members[i] as GroupNode | TermNode).evaluate();
      if (next === decisive || verdict !== NOT_WARM) verdict = next;
    }
    return verdict;
  }

  terms(): TermReading[] {
    return this.members.flatMap((member) => (member instanceof GroupNode ? member.terms() : [member.reading()]));
  }
}
