/** Returns a price as a sentence carries it: at least two decimals, thousands apart, nothing rounded that shows ("100.30", "1,204.3517"). */
export function priceText(value: number | string): string {
  // A number from arithmetic carries noise behind the sixth decimal; a decimal string is exact already.
  const text = typeof value === 'number' ? String(Math.round(value * 1_000_000) / 1_000_000) : value;
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (parts === null) return text;
  const [, sign = '', whole = '', decimals = ''] = parts;
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${decimals.padEnd(2, '0')}`;
}
