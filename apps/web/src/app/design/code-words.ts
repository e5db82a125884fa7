import { formatWord } from './format.ts';

/** Codes of the wire that plain replacement of underscores would leave hard to read. */
const WORDS: Readonly<Record<string, string>> = {
  // Warnings of the analysts.
  null_generic: 'Too few bars of its own for this symbol, so it was compared with a typical one',
  frame_left_out: 'A timeframe was left out for want of bars',
  bias_too_weak: 'The score is weaker than the bias node asks for',
  // Caps of the risk manager.
  sizing: 'Sizing rule',
  max_position_fraction: 'Position limit',
  max_symbol_exposure_fraction: 'Exposure limit of the symbol',
  gross_exposure: 'Limit of gross exposure',
  open_risk: 'Limit of open risk',
  max_batch_risk_fraction: 'Risk limit of the batch',
  order_notional: 'Limit of one order',
  average_volume: 'Share of average volume',
  // Rules that stop a lane.
  min_risk_reward: 'Minimum reward to risk',
  max_open_positions: 'Limit of open positions',
  size_below_one: 'Less than one share left',
  // Purposes of orders.
  stop_only: 'Protective stop',
  replace: 'Replaced exit',
  // Run modes.
  run_once: 'runs once',
  run_continuous: 'arms again each time',
  run_scheduled: 'runs on a schedule',
  run_on_signal: 'runs on a signal',
};

/** A code of the wire as people read it; one without words of its own with spaces and a capital. */
export function codeWords(code: string): string {
  return WORDS[code] ?? formatWord(code);
}

/** A text with the codes in it as people read them: "Completed: min_risk_reward" → "Completed: minimum reward to risk". */
export function withoutCodes(text: string): string {
  return text.replace(/\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b/g, (code, at: number) => {
    const words = codeWords(code);
    return at === 0 ? words : words.charAt(0).toLowerCase() + words.slice(1);
  });
}
