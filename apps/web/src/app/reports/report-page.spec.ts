import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { describe, expect, test } from 'vitest';
import { answer, FAKE_SERVER } from '../api/server.fake.ts';
import { aLane, aReport, aRiskDecision, aStrategy, DOCUMENT } from '../api/wire.fake.ts';
import type { Report, Trade } from '../api/wire.ts';
import type { ChartPicture } from '../design/candle-chart/candle-painter.ts';
import { OPEN_PAINTER } from '../design/candle-chart/open-painter.ts';
import { plannedAndActual } from './lane-view.ts';
import { ReportPage } from './report-page.ts';

const TRADE: Trade = {
  id: 't',
  position_id: 'x',
  pipeline_id: 'p1',
  execution_id: 'e1',
  symbol: 'SPY',
  side: 'long',
  quantity: '35',
  entry_time: '2019-03-08T14:30:00Z',
  entry_price: '273.18',
  exit_time: '2019-03-15T15:12:00Z',
  exit_price: '281.40',
  pnl: '285.70',
  fees: '2.00',
  slippage: '10.50',
  r_multiple: 1.48,
  close_reason: 'target_1',
  trading_mode: 'simulation',
};
const TRADED = aLane({
  outcome: 'traded',
  title: 'SPY: bought 35, closed at target 1',
  trade: TRADE,
  strategy: aStrategy({
    action: 'buy',
    intent: 'open_long',
    conviction: 78,
    entry_price: 272.88,
    stop_loss: 267.4,
    target_1: 281.4,
    target_2: null,
    risk_reward_ratio: 1.5,
    reasoning: 'Dip <b>bought</b>',
    technical_factors: [],
  }),
  risk: aRiskDecision({
    approved: true,
    adjusted: true,
    position_size: '35',
    account_risk_pct: 0.12,
    position_risk_amount: '124.25',
    adjustments_made: null,
    reasoning: '10% of equity allows 35',
    binding_cap: 'max_position_fraction',
    caps: [
      { name: 'risk_fraction', quantity: '281' },
      { name: 'max_position_fraction', quantity: '35' },
    ],
  }),
  fills: [
    { time: '2019-03-08T14:30:00Z', side: 'buy', quantity: '35', price: '273.18', commission: '1.00', reason: null },
    { time: '2019-03-15T15:12:00Z', side: 'sell', quantity: '35', price: '281.40', commission: '1.00', reason: null },
  ],
  levels: { entry: '273.18', stop: '267.40', initial_stop: '267.40', target_1: '281.40', target_2: null },
});

async function open(report: Report) {
  const pictures: ChartPicture[] = [];
  const painter = { paint: (picture: ChartPicture) => pictures.push(picture), destroy: () => undefined };
  TestBed.configureTestingModule({
    providers: [FAKE_SERVER, provideRouter([]), { provide: OPEN_PAINTER, useValue: () => Promise.resolve(painter) }],
  });
  const fixture = TestBed.createComponent(ReportPage);
  fixture.componentRef.setInput('id', 'r1');
  const bars = [{ time: '2019-03-08T00:00:00Z', open: 272, high: 274, low: 271, close: 273, volume: 5 }];
  await answer({
    '/agents': { items: [] },
    '/reports/r1': report,
    '/pipelines/p1/versions/3': {
      version: 3,
      content_hash: 'x',
      published_at: '2026-01-01T00:00:00Z',
      note: null,
      document: DOCUMENT,
    },
    '/market/bars': { symbol: 'SPY', timeframe: '1d', source: report.source, bars },
  });
  await fixture.whenStable();
  return { page: fixture.nativeElement as HTMLElement, pictures };
}

describe('the report', () => {
  test('puts why not in front when nothing was traded', async () => {
    const blocked = {
      rule: 'min_adx',
      value: 14.2,
      threshold: 20,
      distance: 5.8,
      text: 'ADX 14.2, needs > 20',
      agent_id: 'gate',
    };
    const { page } = await open(aReport({ lanes: [aLane({ blocked })] }));
    const why = page.querySelector('.why');
    expect(why?.textContent).toContain('ADX 14.2, needs > 20');
    expect(why?.textContent).toContain('5.8');
    expect(page.textContent).not.toContain('Net P&L');
  });

  test('shows result, every cap with the binding one, the chart with its text, and the data label', async () => {
    const { page, pictures } = await open(aReport({ title: 'x', lanes: [TRADED] }));
    expect(page.querySelector('.headline')?.textContent).toContain('+$285.70');
    expect(page.querySelector('tr.binding')?.textContent).toContain('Position limit');
    expect(page.querySelectorAll('.caps tbody tr')).toHaveLength(2);
    expect(pictures.at(-1)?.levels.map((level) => level.title)).toEqual(['Entry', 'Stop', 'T1']);
    expect(page.querySelector('#chart-summary')?.textContent).toContain('Entry 273.18, Stop 267.40, T1 281.40');
    expect(page.querySelectorAll('.synthetic')).toHaveLength(2);
    expect(page.textContent).toContain('Test, not real money');
  });

  test('text from an analyst is text, never markup', async () => {
    const { page } = await open(aReport({ lanes: [TRADED] }));
    expect(page.textContent).toContain('Dip <b>bought</b>');
    expect(page.querySelector('bw-lane-report b')).toBeNull();
  });
});

test('planned and actual say adverse slippage as positive', () => {
  const rows = Object.fromEntries(plannedAndActual(TRADED).map((row) => [row.name, row]));
  expect(rows['Entry']).toMatchObject({ planned: '272.88', actual: '273.18', difference: '11.0 bps' });
  expect(rows['Exit']).toMatchObject({ planned: '–', actual: '281.40', difference: 'target 1' });
  expect(rows['Target 2']).toBeUndefined();
});
