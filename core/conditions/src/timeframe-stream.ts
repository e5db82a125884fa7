import { type BarSeries, type Timeframe, timeframeMinutes } from '@bellwether/domain';
import {
  createIndicator,
  type Indicator,
  type IndicatorSpec,
  indicatorKey,
  outputIndex,
  type Restorable,
  type SavedState,
} from '@bellwether/indicators';
import { BAR_PRICES, type BarPrice } from './condition.ts';
import { CrossNode } from './evaluate.ts';
import { OperandNode, ValueHistory } from './operand-node.ts';

/** Memory by the key of its node. */
export interface TimeframeStreamState {
  readonly bar: readonly (number | null)[];
  readonly indicators: Readonly<Record<string, SavedState>>;
  readonly histories: Readonly<Record<string, SavedState>>;
  readonly crosses: Readonly<Record<string, SavedState>>;
}

/** The nodes of one symbol and timeframe: indicators, the histories that offsets need, the crossings of its conditions. */
export class TimeframeStream {
  readonly minutes: number;
  /** The newest closed bar, aligned to BAR_PRICES, kept once a condition reads it; NaN before. */
  private readonly bar = new Float64Array(BAR_PRICES.length).fill(Number.NaN);
  private readsPrices = false;
  // Each kind twice: by key to compile and save, as a list for the loop over a bar.
  private readonly indicatorByKey = new Map<string, Indicator>();
  private readonly historyByKey = new Map<string, ValueHistory>();
  private readonly crossByKey = new Map<string, CrossNode>();
  private readonly indicators: Indicator[] = [];
  private readonly histories: ValueHistory[] = [];
  private readonly crosses: CrossNode[] = [];

  constructor(timeframe: Timeframe) {
    this.minutes = timeframeMinutes(timeframe);
  }

  indicator(spec: IndicatorSpec): Indicator {
    return shared(this.indicatorByKey, this.indicators, indicatorKey(spec), () => createIndicator(spec));
  }

  indicatorValue(spec: IndicatorSpec, output: string, offset: number): OperandNode {
    const values = this.indicator(spec).values;
    return this.at(OperandNode.direct(values, outputIndex(spec, output)), `${indicatorKey(spec)}.${output}`, offset);
  }

  barValue(price: BarPrice, offset: number): OperandNode {
    this.readsPrices = true;
    const column = BAR_PRICES.indexOf(price);
    return this.at(OperandNode.direct(this.bar, column), `bar.${price}`, offset);
  }

  /** Returns the crossing of two operands on this timeframe; `key` says which two. */
  cross(key: string, left: OperandNode, right: OperandNode): CrossNode {
    return shared(this.crossByKey, this.crosses, key, () => new CrossNode(left, right));
  }

  /** Takes a closed bar. */
  take(series: BarSeries, row: number, session: number, minutesSinceOpen: number): void {
    if (this.readsPrices) this.keepPrices(series, row);
    for (let i = 0; i < this.indicators.length; i++) {
      (this.indicators[i] as Indicator).update(series, row, session, minutesSinceOpen);
    }
    for (let i = 0; i < this.histories.length; i++) (this.histories[i] as ValueHistory).push();
    for (let i = 0; i < this.crosses.length; i++) (this.crosses[i] as CrossNode).barClosed();
  }

  /** Time moves past the instant of the newest bar. */
  settle(): void {
    for (let i = 0; i < this.crosses.length; i++) (this.crosses[i] as CrossNode).settle();
  }

  saveState(): TimeframeStreamState {
    return {
      bar: Array.from(this.bar, (value) => (Number.isNaN(value) ? null : value)),
      indicators: saveAll(this.indicatorByKey),
      histories: saveAll(this.historyByKey),
      crosses: saveAll(this.crossByKey),
    };
  }

  restoreState(state: TimeframeStreamState): void {
    state.bar.forEach((value, slot) => {
      this.bar[slot] = value ?? Number.NaN;
    });
    restoreAll(this.indicatorByKey, state.indicators);
    // Another depth means other conditions than when it was saved: such a history starts cold.
    const fits = (saved: SavedState, history: ValueHistory) => saved['depth'] === history.depth;
    restoreAll(this.historyByKey, state.histories, fits);
    restoreAll(this.crossByKey, state.crosses);
  }

  private keepPrices(series: BarSeries, row: number): void {
    this.bar[0] = series.open[row] as number;
    this.bar[1] = series.high[row] as number;
    this.bar[2] = series.low[row] as number;
    this.bar[3] = series.close[row] as number;
    this.bar[4] = series.volume[row] as number;
  }

  private at(node: OperandNode, key: string, offset: number): OperandNode {
    if (offset === 0) return node;
    const history = shared(this.historyByKey, this.histories, key, () => new ValueHistory(node, offset + 1));
    history.deepen(offset + 1);
    return OperandNode.earlier(history, offset);
  }
}

function shared<Node>(byKey: Map<string, Node>, list: Node[], key: string, make: () => Node): Node {
  const known = byKey.get(key);
  if (known !== undefined) return known;
  const node = make();
  byKey.set(key, node);
  list.push(node);
  return node;
}

function saveAll(nodes: ReadonlyMap<string, Restorable>): Record<string, SavedState> {
  return Object.fromEntries([...nodes].map(([key, node]) => [key, node.saveState()]));
}

function restoreAll<Node extends Restorable>(
  nodes: ReadonlyMap<string, Node>,
  states: Readonly<Record<string, SavedState>>,
  fits: (saved: SavedState, node: Node) => boolean = () => true,
): void {
  for (const [key, node] of nodes) {
    const saved = states[key];
    if (saved !== undefined && fits(saved, node)) node.restoreState(saved);
  }
}
