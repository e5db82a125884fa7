import { BellwetherError, type EpochMs, type Price, priceFromNumber } from '@bellwether/domain';
import { indicatorKey } from '@bellwether/indicators';
import { canonicalJson } from '@bellwether/pipeline';
import type { AgentContext, LanePosition } from '../agent/agent-context.ts';
import type { SymbolView } from '../market/market-view.ts';
import type { Sha256 } from '../order/client-order-id.ts';
import type { Desk } from '../order/desk.ts';
import type { ExecutionPlan } from './execution-plan.ts';
import type { ExecutionState } from './execution-state.ts';
import type { StepContext } from './perform.ts';
import { barsFromRecord, type RecordedAnswer, type RecordedBars, recordBars } from './recorded-answers.ts';
import { tellLane } from './tell-lane.ts';

/** The world as one execution meets it. */
export interface ExecutionWorld {
  now(): EpochMs;
  view(symbol: string): SymbolView;
  readonly desk: Pick<Desk, 'lane' | 'accountView'>;
  readonly forcedFlatAt: (at: EpochMs) => EpochMs | null;
  /** Keeps what the context answered under its hash; absent where nobody will replay. */
  readonly keep?: {
    readonly sha256: Sha256;
    readonly store: (hash: string, answers: readonly RecordedAnswer[]) => void;
  };
}

/** Marks at the newest visible close; what a decision's equity is computed from. */
export function closeMarks(view: (symbol: string) => SymbolView): { get(symbol: string): Price | undefined } {
  return {
    get(symbol) {
      const close = view(symbol).lastClose;
      return Number.isNaN(close) ? undefined : priceFromNumber(close);
    },
  };
}

const FORCED_FLAT = 'forced_flat_at';
const FLAT: LanePosition = { side: 'flat', quantity: '0', averageEntry: null, orderPending: false };

/** Builds the context of one step over the live world, keeping every answer when asked to. */
export function stepContext(
  plan: ExecutionPlan,
  state: ExecutionState,
  symbol: string | null,
  world: ExecutionWorld,
): StepContext {
  const answers: RecordedAnswer[] = [];
  const keep = world.keep;
  // The question is worded only where somebody keeps it: spelling out a condition costs more than judging it.
  const kept = <T>(question: () => string, answer: T, plain: (value: T) => unknown = (value) => value): T => {
    if (keep !== undefined) answers.push({ question: question(), answer: plain(answer) });
    return answer;
  };
  const lane = symbol ?? '';
  const view = () => {
    if (symbol === null)
      throw new BellwetherError(
        'bug',
        'bars/unknown-symbol',
        'expected a lane, was a node that runs before there are lanes',
      );
    return world.view(symbol);
  };
  const trigger = state.trigger;
  if (trigger === null)
    throw new BellwetherError('bug', 'execution/journal-conflict', 'expected an execution that has started');
  const now = world.now();
  const forcedFlatAt = world.forcedFlatAt(now);
  if (forcedFlatAt !== null) kept(() => FORCED_FLAT, forcedFlatAt);
  const context: AgentContext = {
    now,
    executionId: state.executionId,
    pipelineName: plan.pipeline.name,
    tradingMode: state.tradingMode,
    symbol: lane,
    trigger,
    forcedFlatAt,
    bars: (timeframe, count) => kept(() => `bars ${timeframe} ${count}`, view().bars(timeframe, count), recordBars),
    indicator: (spec, timeframe) =>
      kept(() => `indicator ${timeframe} ${indicatorKey(spec)}`, view().indicator(spec, timeframe)),
    condition: (group, timeframe) =>
      kept(() => `condition ${timeframe} ${canonicalJson(group)}`, view().condition(group, timeframe)),
    dataLabel: () => kept(() => 'label', view().label),
    position: () => kept(() => 'position', symbol === null ? FLAT : world.desk.lane(symbol)),
    account: (afterClosingOwn = false) =>
      kept(() => `account ${afterClosingOwn}`, world.desk.accountView(lane, closeMarks(world.view), afterClosingOwn)),
    story: () => tellLane(plan, state, lane),
  };
  return {
    context,
    inputsHash() {
      if (keep === undefined || answers.length === 0) return null;
      const hash = keep.sha256(canonicalJson(answers));
      keep.store(hash, answers);
      return hash;
    },
  };
}

/** Builds the context of a step that is decided again: it answers from the record, and a question that was not asked before is a difference. */
export function replayContext(
  plan: ExecutionPlan,
  state: ExecutionState,
  symbol: string | null,
  at: EpochMs,
  answers: readonly RecordedAnswer[],
): AgentContext {
  const byQuestion = new Map(answers.map((entry) => [entry.question, entry.answer]));
  const answer = <T>(question: string): T => {
    if (!byQuestion.has(question))
      throw new BellwetherError('invalid', 'replay/different', `expected a question of the record, was "${question}"`);
    return byQuestion.get(question) as T;
  };
  if (state.trigger === null)
    throw new BellwetherError('bug', 'execution/journal-conflict', 'expected an execution that has started');
  return {
    now: at,
    executionId: state.executionId,
    pipelineName: plan.pipeline.name,
    tradingMode: state.tradingMode,
    symbol: symbol ?? '',
    trigger: state.trigger,
    forcedFlatAt: (byQuestion.get(FORCED_FLAT) as EpochMs | undefined) ?? null,
    bars: (timeframe, count) => barsFromRecord(answer<RecordedBars>(`bars ${timeframe} ${count}`)),
    indicator: (spec, timeframe) => answer(`indicator ${timeframe} ${indicatorKey(spec)}`),
    condition: (group, timeframe) => answer(`condition ${timeframe} ${canonicalJson(group)}`),
    dataLabel: () => answer('label'),
    position: () => answer('position'),
    account: (afterClosingOwn = false) => answer(`account ${afterClosingOwn}`),
    story: () => tellLane(plan, state, symbol ?? ''),
  };
}
