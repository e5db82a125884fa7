/** Where prices come from, as every screen that shows them says it: what is synthetic begins with that word. */
export function sourceWords(source: { readonly label: string; readonly synthetic: boolean }): string {
  return source.synthetic && !/^synthetic/i.test(source.label) ? `Synthetic data · ${source.label}` : source.label;
}
