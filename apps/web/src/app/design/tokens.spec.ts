import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const sheet = readFileSync('src/styles/_tokens.scss', 'utf8');
const tokens = new Map(
  [...sheet.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map((match) => [
    match[1] ?? '',
    { light: match[2] ?? '', dark: match[3] ?? '' },
  ]),
);
const SURFACES = ['background', 'surface', 'surface-raised', 'surface-high'];
const TEXTS = [
  'text',
  'text-muted',
  'primary',
  'gain',
  'loss',
  'warning',
  'danger',
  'mode-validation',
  'mode-simulation',
  'mode-paper',
  ...[...tokens.keys()].filter((name) => name.startsWith('category-')),
];

describe.each(['light', 'dark'] as const)('tokens, %s', (theme) => {
  test.each(TEXTS)('%s reaches 4.5:1 on every surface', (name) => {
    for (const surface of SURFACES)
      expect(contrast(color(name, theme), color(surface, theme)), surface).toBeGreaterThanOrEqual(4.5);
  });

  test('outlines of controls reach 3:1 on every surface', () => {
    for (const surface of SURFACES)
      expect(contrast(color('outline', theme), color(surface, theme)), surface).toBeGreaterThanOrEqual(3);
  });

  test('text on the primary color and on live mode reaches 4.5:1', () => {
    expect(contrast(color('on-primary', theme), color('primary', theme))).toBeGreaterThanOrEqual(4.5);
    expect(contrast('#ffffff', color('mode-live', theme))).toBeGreaterThanOrEqual(4.5);
  });
});

function color(name: string, theme: 'light' | 'dark'): string {
  const token = tokens.get(name);
  if (token === undefined) throw new Error(`expected a token --${name}, was none`);
  return token[theme];
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(first: string, second: string): number {
  const [high = 0, low = 0] = [luminance(first), luminance(second)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
