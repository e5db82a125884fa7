/** Every term of the size formula by the name that a sentence gives it. */
const CAP_WORDS: Readonly<Record<string, string>> = {
  sizing: 'the sizing rule',
  max_position_fraction: 'the position limit',
  max_symbol_exposure_fraction: 'the exposure limit of the symbol',
  gross_exposure: 'the limit of gross exposure',
  open_risk: 'the limit of open risk',
  max_batch_risk_fraction: 'the risk limit of the batch',
  order_notional: 'the limit of one order',
  average_volume: 'the share of average volume',
  buying_power: 'buying power',
};

/** Returns "the position limit" for `max_position_fraction`; an unknown cap's code with spaces. */
export function capWords(name: string): string {
  return CAP_WORDS[name] ?? name.replaceAll('_', ' ');
}
