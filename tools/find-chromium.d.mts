export const HOW_TO_GET_CHROMIUM: string;
export function findChromium(): string | undefined;
export function ensureChromium(say: (text: string) => void): boolean;
