/** Rewrites a database number without superfluous zeros, with at least `places` decimals: "30.000000" as "30.00". */
export function decimalText(text: string, places: number): string {
  const [whole = '0', fraction = ''] = text.split('.');
  const kept = fraction.replace(/0+$/, '').padEnd(places, '0');
  return kept === '' ? whole : `${whole}.${kept}`;
}

export function decimalOrNull(text: string | null, places: number): string | null {
  return text === null ? null : decimalText(text, places);
}

export const moneyText = (text: string) => decimalText(text, 2);
export const priceText = (text: string) => decimalText(text, 2);
export const quantityText = (text: string) => decimalText(text, 0);
