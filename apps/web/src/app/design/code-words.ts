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
