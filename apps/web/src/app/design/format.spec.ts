import { describe, expect, test } from 'vitest';
import {
  formatBps,
  formatDuration,
  formatModelCost,
  formatPercent,
  formatPnl,
  formatPrice,
  formatQuantity,
  formatR,
  signClass,
  signOf,
} from './format.ts';

describe('format', () => {
  test.each([
    ['1204.5', '+$1,204.50'],
    ['-120.4', '−$120.40'],
    ['0', '$0.00'],
    ['-0.004', '$0.00'],
    ['90071992547409931.37', '+$90,071,992,547,409,931.37'],
  ])('P&L %s reads %s, no digit passing through a float', (value, text) => expect(formatPnl(value)).toBe(text));

  test('unknown, undefined by formula and zero are three different words', () => {
    expect([formatPnl(undefined), formatPnl(null), formatPnl('0.00')]).toEqual(['unknown', 'n/a', '$0.00']);
    expect(formatPrice('NaN')).toBe('unknown');
    expect(formatPrice(Number.NaN)).toBe('n/a');
  });

  test.each([
    ['283.4', '283.40'],
    ['1', '1.00'],
    ['0.12345', '0.1235'],
    ['12345.678', '12,345.68'],
    [0.5, '0.5000'],
    [283.4, '283.40'],
  ])('price %s reads %s: two decimals from one dollar, four below', (value, text) =>
    expect(formatPrice(value)).toBe(text),
  );

  test('quantities keep nine decimals and cut trailing zeros', () => {
    expect([formatQuantity('35.000'), formatQuantity('0.123456789'), formatQuantity('1200')]).toEqual([
      '35',
      '0.123456789',
      '1,200',
    ]);
  });

  test('percent, R and basis points carry sign and unit', () => {
    expect([formatPercent(0.954), formatR(1.48), formatR(-1), formatBps(3.21)]).toEqual([
      '+0.95%',
      '+1.48 R',
      '−1.0 R',
      '3.2 bps',
    ]);
  });

  test('model cost tells free from nearly free', () => {
    expect([formatModelCost('0.0000'), formatModelCost('0.00001'), formatModelCost('0.0213')]).toEqual([
      '$0.00',
      '< $0.0001',
      '$0.0213',
    ]);
  });

  test('durations grow their units and never go below zero', () => {
    expect([-5, 14_000, 125_000, 19_020_000, 273_600_000].map(formatDuration)).toEqual([
      '0 s',
      '14 s',
      '2 min 05 s',
      '5 h 17 m',
      '3 d 4 h',
    ]);
  });

  test('the sign decides the class, an unknown number has none', () => {
    expect([signClass('0.01'), signClass('-3'), signClass('0'), signClass(null)]).toEqual(['gain', 'loss', '', '']);
    expect([signOf('-0.00'), signOf(undefined)]).toEqual([0, undefined]);
  });
});
