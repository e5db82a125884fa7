// The rule analyst: frames → contributions → one score → its rank among shuffles of the same bars → a bias with its reasons.
import {
  type Contribution,
  combineFrames,
  confidenceOf,
  FACTOR_EVIDENCE,
  type FactsSheet,
  factorText,
  fixed,
  frameWeights,
  GENERIC_NULL_TABLE,
  signed,
  type Verdict,
} from '@bellwether/analysis';
import type { Bias, BiasSignal, Factor } from '@bellwether/domain';
import type { BiasConfig } from './bias.schema.ts';

const MOST_FACTORS = 12;
const FACTORS_IN_REASONING = 3;
const MOST_CHARACTERS = 1_200;

/** Judges a sheet. A frame without a null of its own is measured against the generic table, and a warning says so. */
export function biasByRules(sheet: FactsSheet, config: BiasConfig): Verdict<BiasSignal> {
  if (sheet.frames.length === 0) {
    return {
      kind: 'abstained',
      reason: 'not_warm',
      detail: 'no analysis timeframe has 120 closed bars and an average true range',
    };
  }
  const { score, agreement, contributions } = combineFrames(sheet.frames);
  const weights = frameWeights(sheet.frames.length);
  const nulls = sheet.frames.map((frame, i) => ({
    weight: weights[i] as number,
    table: frame.nullTable ?? GENERIC_NULL_TABLE,
  }));
  const confidence = confidenceOf(score, nulls);
  const biasScore = confidence === 0 ? 0 : (Math.sign(score) * confidence) / 100;
  const isTooWeak = confidence >= config.confidenceThreshold && Math.abs(biasScore) < config.minBiasScore;
  const bias = confidence < config.confidenceThreshold || isTooWeak ? 'neutral' : directionOf(biasScore);
  const largest = contributions
    .filter((contribution) => contribution.value !== 0)
    .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, MOST_FACTORS);
  const isGeneric = nulls.some(({ table }) => table.isGeneric);
  return {
    kind: 'signal',
    signal: {
      symbol: sheet.symbol,
      asOf: sheet.asOf,
      timestamp: sheet.decidedAt,
      bias,
      confidence,
      biasScore,
      reasoning: reasoning(sheet, config, {
        bias,
        biasScore,
        confidence,
        score,
        agreement,
        largest,
        isTooWeak,
        isGeneric,
      }),
      factors: largest.length > 0 ? largest.map((contribution) => factorOf(sheet, contribution)) : [noFactor(sheet)],
      analyst: 'rules',
      model: null,
      timeframes: sheet.frames.map((frame) => frame.timeframe),
      warnings: [
        ...(isGeneric ? ['null_generic'] : []),
        ...(sheet.leftOut.length > 0 ? ['frame_left_out'] : []),
        ...(isTooWeak ? ['bias_too_weak'] : []),
      ],
    },
  };
}

function directionOf(score: number): Bias {
  return score > 0 ? 'bullish' : score < 0 ? 'bearish' : 'neutral';
}

function factorOf(sheet: FactsSheet, { timeframe, factor, value }: Contribution): Factor {
  const offered = new Set(sheet.facts.map((fact) => fact.id));
  const evidence = FACTOR_EVIDENCE[factor].map((name) => `${timeframe}.${name}`).filter((id) => offered.has(id));
  return { text: contributionText(sheet, { timeframe, factor, value }), evidence, contribution: value };
}

function noFactor(sheet: FactsSheet): Factor {
  return {
    text: 'no factor points anywhere',
    evidence: sheet.facts.slice(0, 1).map((fact) => fact.id),
    contribution: 0,
  };
}

function contributionText(sheet: FactsSheet, { timeframe, factor, value }: Contribution): string {
  const frame = sheet.frames.find((candidate) => candidate.timeframe === timeframe);
  const basis = frame === undefined ? '' : `: ${factorText(factor, frame.reading)}`;
  return `${timeframe} ${factor} ${signed(value, 2)}${basis}`;
}

interface Findings {
  readonly bias: Bias;
  readonly biasScore: number;
  readonly confidence: number;
  readonly score: number;
  readonly agreement: number;
  readonly largest: readonly Contribution[];
  readonly isTooWeak: boolean;
  readonly isGeneric: boolean;
}

function reasoning(sheet: FactsSheet, config: BiasConfig, found: Findings): string {
  const shuffled = found.isGeneric ? 'shuffled bars of a typical symbol' : `shuffles of ${sheet.symbol}'s own bars`;
  const rank = `a score of ${signed(found.score, 2)} is stronger than ${found.confidence} % of ${shuffled}`;
  const frames = sheet.frames.map((frame) => `${frame.timeframe} ${signed(frame.reading.score, 2)}`).join(', ');
  const sentences = [
    `${verdictWords(config, found)}: ${rank}.`,
    `By timeframe: ${frames}${sheet.frames.length > 1 ? `, agreeing by ${fixed(100 * found.agreement, 0)} %` : ''}.`,
    ...(sheet.leftOut.length > 0 ? [`Left out for want of bars: ${sheet.leftOut.join(', ')}.`] : []),
    ...found.largest.slice(0, FACTORS_IN_REASONING).map((contribution) => `${contributionText(sheet, contribution)}.`),
  ];
  return sentences.join(' ').slice(0, MOST_CHARACTERS);
}

function verdictWords(config: BiasConfig, { bias, biasScore, confidence, isTooWeak }: Findings): string {
  if (bias === 'bullish') return 'Bullish';
  if (bias === 'bearish') return 'Bearish';
  if (isTooWeak)
    return `Neutral, because the signed score ${signed(biasScore, 2)} is smaller than ${config.minBiasScore}`;
  return `Neutral, because strength ${confidence} is below ${config.confidenceThreshold}`;
}
