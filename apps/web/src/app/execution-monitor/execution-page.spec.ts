import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { describe, expect, test } from 'vitest';
import { answer, FAKE_SERVER } from '../api/server.fake.ts';
import { anExecution, DOCUMENT, JOURNAL } from '../api/wire.fake.ts';
import { LiveStore } from '../session/live/live-store.ts';
import { ExecutionPage } from './execution-page.ts';

async function open(fetched: number, execution = anExecution()) {
  TestBed.configureTestingModule({ providers: [FAKE_SERVER, provideRouter([])] });
  const fixture = TestBed.createComponent(ExecutionPage);
  fixture.componentRef.setInput('id', 'e1');
  await answer({
    '/executions/e1': execution,
    '/executions/e1/journal': { items: JOURNAL.slice(0, fetched), next_cursor: null },
    '/pipelines/p1/versions/3': {
      version: 3,
      content_hash: 'x',
      published_at: '2026-01-01T00:00:00Z',
      note: null,
      document: DOCUMENT,
    },
    '/agents': { items: [] },
  });
  const page = fixture.nativeElement as HTMLElement;
  const row = (symbol: string) =>
    [...page.querySelectorAll('bw-lanes tbody tr')].find((each) => each.querySelector('th')?.textContent === symbol);
  const button = (name: string) =>
    [...page.querySelectorAll('button')].find((each) => each.textContent?.trim() === name);
  return { fixture, page, row, button };
}

describe('the execution monitor', () => {
  test('shows lanes by need, why a lane did not trade, and that the data is synthetic', async () => {
    const { page, row } = await open(
      JOURNAL.length,
      anExecution({ status: 'completed', result: 'traded', ended_at: '2026-01-05T15:00:40Z', report_id: 'r1' }),
    );
    expect(page.querySelector('bw-lanes tbody th')?.textContent).toBe('SPY');
    expect(row('QQQ')?.textContent).toContain('blocked');
    expect(page.querySelector('bw-why-not')?.textContent).toContain('Data is 20 min old, at most 5');
    expect(page.textContent).toContain('Synthetic data');
    expect(page.querySelector('a.primary')?.getAttribute('href')).toBe('/reports/r1');
  });

  test('what the stream brings is on screen, once', async () => {
    const { fixture, page } = await open(5);
    const store = TestBed.inject(LiveStore);
    store.startFrom(3);
    store.apply(JOURNAL.slice(3));
    await answer({ '/executions/e1': anExecution({ status: 'completed', result: 'traded' }) });
    await fixture.whenStable();
    expect(page.querySelectorAll('bw-journal-timeline li')).toHaveLength(JOURNAL.length);
    expect(page.textContent).toContain('Read the report');
  });

  test('canceling asks first, says what it does to positions, and is requested before it is done', async () => {
    const { fixture, page, button } = await open(5);
    button('Cancel')?.click();
    await fixture.whenStable();
    expect(page.textContent).toContain('Open positions keep their stops.');
    button('Cancel this execution')?.click();
    await fixture.whenStable();
    expect(button('Cancel requested…')?.disabled).toBe(true);
    await answer({ '/executions/e1/cancel': {} });
  });

  test('moving the slider back shows the execution as it was', async () => {
    const { fixture, page, row } = await open(JOURNAL.length);
    const slider = page.querySelector<HTMLInputElement>('#scrub');
    if (slider === null) throw new Error('expected a slider, was none');
    slider.value = '6';
    slider.dispatchEvent(new Event('input'));
    await fixture.whenStable();
    expect(row('QQQ')?.textContent).toContain('running');
    expect(page.querySelector('bw-why-not')).toBeNull();
    expect(page.textContent).toContain('Event 6 of 13');
  });
});
