// The rule analyst: bias and one frame → entry, stop, targets → guards → a plan, or a hold with every reason that applies.
import {
  type FactsSheet,
  fixed,
  formatOnIncrement,
  levelGuards,
  levelText,
  riskReward,
  type SheetFrame,
  type Verdict,
} from '@bellwether/analysis';
import { type BiasSignal, MINUTE_MS, type StrategySignal } from '@bellwether/domain';
import { type LevelPlan, planLevels } from './plan-levels.ts';
import type { StrategyConfig } from './strategy.schema.ts';

const SHOCK_RANGE = 3;
const LATE_MINUTES = 30;
const MOST_CHARACTERS = 1_200;

interface Reason {
  readonly code: string;
  readonly text: string;
}

/** Plans a trade on the sheet's frame of the strategy timeframe. It never abstains: what it cannot plan it holds. */
export function strategyByRules(sheet: FactsSheet, bias: BiasSignal, config: StrategyConfig): Verdict<StrategySignal> {
  const frame = sheet.frames.find((candidate) => candidate.timeframe === config.timeframe);
  const side = bias.bias === 'bullish' ? 1 : bias.bias === 'bearish' ? -1 : 0;
  const plan =
    frame === undefined || side === 0
      ? null
      : planLevels({
          side,
          close: frame.reading.close,
          atr: frame.reading.atr,
          swing: side === 1 ? frame.swingLow : frame.swingHigh,
          levels: frame.reading.levels,
          riskRewardMin: config.riskRewardMin,
        });
  const reasons = [
    ...biasReasons(bias, config),
    ...momentReasons(sheet, frame, config),
    ...(plan === null || frame === undefined ? [] : planReasons(plan, sheet, frame, bias, config)),
  ];
  const signal =
    plan === null || frame === undefined || reasons.length > 0
      ? holdSignal(sheet, frame, bias, reasons)
      : planSignal(plan, sheet, frame, bias);
  return { kind: 'signal', signal };
}

function biasReasons(bias: BiasSignal, { direction }: StrategyConfig): Reason[] {
  if (bias.bias === 'neutral') {
    const neutral = { code: 'bias_neutral', text: `the bias is neutral (strength ${bias.confidence})` };
    if (!bias.warnings.includes('bias_too_weak')) return [neutral];
    return [
      neutral,
      { code: 'bias_too_weak', text: `its score ${fixed(bias.biasScore, 2)} is smaller than the bias node asks for` },
    ];
  }
  const wanted = bias.bias === 'bullish' ? 'long' : 'short';
  if (direction === 'both' || direction === wanted) return [];
  return [{ code: 'direction_off', text: `the bias is ${bias.bias}, but the node trades ${direction} only` }];
}

function momentReasons(sheet: FactsSheet, frame: SheetFrame | undefined, config: StrategyConfig): Reason[] {
  const reasons: Reason[] = [];
  if (frame === undefined)
    reasons.push({
      code: 'not_warm',
      text: `${config.timeframe} has fewer than 120 closed bars or no average true range`,
    });
  else if (frame.reading.range > SHOCK_RANGE) {
    reasons.push({
      code: 'shock_bar',
      text: `the last bar's range is ${fixed(frame.reading.range, 1)} ATR, above ${SHOCK_RANGE}`,
    });
  }
  const minutesLeft =
    sheet.forcedFlatAt === null ? Number.POSITIVE_INFINITY : (sheet.forcedFlatAt - sheet.decidedAt) / MINUTE_MS;
  if (minutesLeft < LATE_MINUTES) {
    reasons.push({
      code: 'too_late',
      text: `positions are closed in ${fixed(minutesLeft, 0)} minutes, at least ${LATE_MINUTES} are needed`,
    });
  }
  return reasons;
}

function planReasons(
  plan: LevelPlan,
  sheet: FactsSheet,
  frame: SheetFrame,
  bias: BiasSignal,
  config: StrategyConfig,
): Reason[] {
  const action = bias.bias === 'bullish' ? 'buy' : 'sell';
  const found = levelGuards(
    {
      action,
      entryPrice: plan.entry,
      stopLoss: plan.stop,
      target1: plan.target1,
      target2: plan.target2,
      claimedRiskReward: null,
    },
    {
      atr: frame.reading.atr,
      riskRewardMin: config.riskRewardMin,
      bias: bias.bias,
      direction: config.direction,
      shortAllowed: sheet.shortAllowed,
      distances: 'hold',
    },
  );
  const guards = found.map(({ code, text }) => ({ code, text }));
  if (plan.wall === null) return guards;
  const kind = action === 'buy' ? 'resistance' : 'support';
  const room = Math.abs(plan.wall.price - plan.entry) / plan.risk;
  return [{ code: 'wall_too_close', text: `only ${fixed(room, 2)} R to ${kind} ${levelText(plan.wall)}` }, ...guards];
}

function planSignal(plan: LevelPlan, sheet: FactsSheet, frame: SheetFrame, bias: BiasSignal): StrategySignal {
  const isLong = bias.bias === 'bullish';
  const ratio = riskReward(plan.entry, plan.stop, plan.target1) ?? plan.reward;
  const spare = Math.max(0, Math.min(1, (plan.room - plan.reward) / plan.reward));
  const conviction = Math.round(bias.confidence * (0.6 + (plan.isSwingStop ? 0.2 : 0) + 0.2 * spare));
  const { atr } = frame.reading;
  const stopBasis = plan.isSwingStop ? `beyond the last swing ${isLong ? 'low' : 'high'}` : '2 ATR away';
  const prices = `entry ${formatOnIncrement(plan.entry)}, stop ${formatOnIncrement(plan.stop)} (${stopBasis}), targets ${formatOnIncrement(plan.target1)} and ${formatOnIncrement(plan.target2)}`;
  const reasoning = `${isLong ? 'Buy' : 'Sell'}: ${bias.bias} with strength ${bias.confidence}; ${prices}; risk ${fixed(plan.risk / atr, 2)} ATR, reward to risk ${fixed(ratio, 2)}, room ${fixed(plan.room, 1)} R.`;
  return {
    ...signalOf(sheet, frame, bias),
    action: isLong ? 'buy' : 'sell',
    intent: isLong ? 'open_long' : 'open_short',
    conviction,
    entryPrice: plan.entry,
    stopLoss: plan.stop,
    target1: plan.target1,
    target2: plan.target2,
    riskRewardRatio: Math.round(ratio * 100) / 100,
    breakEvenWinRate: 1 / (1 + ratio),
    reasoning: reasoning.slice(0, MOST_CHARACTERS),
    holdReasons: [],
  };
}

function holdSignal(
  sheet: FactsSheet,
  frame: SheetFrame | undefined,
  bias: BiasSignal,
  reasons: readonly Reason[],
): StrategySignal {
  return {
    ...signalOf(sheet, frame, bias),
    action: 'hold',
    intent: 'none',
    conviction: 0,
    entryPrice: null,
    stopLoss: null,
    target1: null,
    target2: null,
    riskRewardRatio: null,
    breakEvenWinRate: null,
    reasoning: `Hold: ${reasons.map(({ text }) => text).join('; ')}.`.slice(0, MOST_CHARACTERS),
    holdReasons: [...new Set(reasons.map(({ code }) => code))],
  };
}

/** What plan and hold have in common. */
function signalOf(sheet: FactsSheet, frame: SheetFrame | undefined, bias: BiasSignal) {
  const facts = sheet.facts.filter((fact) => fact.timeframe === frame?.timeframe);
  const groups = ['volatility', 'structure', 'trend', 'patterns'] as const;
  return {
    symbol: sheet.symbol,
    asOf: sheet.asOf,
    timestamp: sheet.decidedAt,
    entryOrder: 'market' as const,
    technicalFactors: groups.flatMap((group) => {
      const members = facts.filter((fact) => fact.group === group);
      if (members.length === 0) return [];
      return [{ text: members.map((fact) => fact.text).join(', '), evidence: members.map((fact) => fact.id) }];
    }),
    atr: frame?.reading.atr ?? null,
    warnings: bias.warnings.filter((code) => code === 'null_generic'),
    analyst: 'rules' as const,
    model: null,
  };
}
