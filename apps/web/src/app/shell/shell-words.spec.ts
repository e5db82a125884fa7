import { TestBed } from '@angular/core/testing';
import { describe, expect, test } from 'vitest';
import { answer, FAKE_SERVER, problem } from '../api/server.fake.ts';
import type { MarketSession } from '../api/wire.ts';
import { ModeBanner } from './mode-banner.ts';
import { sessionWords } from './session-words.ts';

const SESSION: MarketSession = {
  phase: 'open',
  until: null,
  next_open: '2026-11-30T14:30:00Z',
  next_close: '2026-11-27T18:00:00Z',
  half_day: true,
  server_time: '2026-11-27T15:00:00Z',
  exchange: 'XNYS',
};
const NOW = Date.parse('2026-11-27T15:00:00Z');

test('the exchange says its state, the half day included', () => {
  expect(sessionWords(SESSION, NOW)).toBe('open, closes in 3 h 0 m (closes 13:00 ET today)');
  expect(sessionWords({ ...SESSION, phase: 'closing_soon' }, NOW)).toBe('closing in 3 h 0 m');
  expect(sessionWords({ ...SESSION, phase: 'closed', half_day: false }, NOW)).toBe('closed, opens Mon 09:30 ET');
});

describe('the mode banner', () => {
  async function open(status: Parameters<typeof answer>[0][string]) {
    TestBed.configureTestingModule({ providers: [FAKE_SERVER] });
    const fixture = TestBed.createComponent(ModeBanner);
    await answer({ '/status': status });
    return fixture.nativeElement as HTMLElement;
  }

  test('shows what the server says', async () => {
    const banner = await open({
      mode_banner: { mode: 'live', text: 'LIVE real money · 1 pipeline' },
      version: '1',
      demo: false,
    });
    expect([banner.className, banner.textContent?.trim()]).toEqual(['live', 'LIVE real money · 1 pipeline']);
  });

  test('never assumes that all is harmless', async () => {
    const banner = await open(problem(503, 'x', 'Down'));
    expect(banner.textContent).toContain('Trading mode unknown');
  });
});
