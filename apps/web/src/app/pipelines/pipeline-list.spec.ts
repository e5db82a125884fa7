import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { describe, expect, test } from 'vitest';
import { answer, FAKE_SERVER, problem } from '../api/server.fake.ts';
import { aPipeline, DOCUMENT } from '../api/wire.fake.ts';
import { PipelineList } from './pipeline-list.ts';

const TEMPLATES = {
  items: [
    {
      template_id: 't1',
      name: 'RSI reversal',
      description: 'Buys a dip',
      symbols: ['SPY'],
      tags: [],
      free: true,
      document: DOCUMENT,
      tape_id: 'd',
    },
  ],
};

async function open(pipelines: object | Parameters<typeof answer>[0][string]) {
  TestBed.configureTestingModule({ providers: [FAKE_SERVER, provideRouter([])] });
  const fixture = TestBed.createComponent(PipelineList);
  await answer({ '/pipelines': pipelines, '/pipelines/templates': TEMPLATES, '/agents': { items: [] } });
  const page = fixture.nativeElement as HTMLElement;
  const button = (name: string) =>
    [...page.querySelectorAll('button')].find((each) => each.textContent?.replace(/\s+/g, ' ').trim() === name);
  return { fixture, page, button };
}

describe('the pipeline list', () => {
  test('says mode, state, version and last result in words', async () => {
    const pipeline = aPipeline({
      state: 'armed',
      state_text: 'armed: waits for RSI below 30',
      has_unpublished_changes: true,
    });
    const { page } = await open({
      items: [pipeline, aPipeline({ id: 'p2', archived_at: '2026-01-01T00:00:00Z' })],
      next_cursor: null,
    });
    const rows = page.querySelectorAll('tbody tr');
    expect(rows).toHaveLength(1);
    for (const text of ['Simulation', 'armed: waits for RSI below 30', 'v3, draft has changes', 'never run'])
      expect(rows[0]?.textContent).toContain(text);
  });

  test('offers templates when there is nothing yet', async () => {
    const { page } = await open({ items: [], next_cursor: null });
    expect(page.textContent).toContain('No pipeline yet.');
    expect(page.querySelector('bw-graph-strip')?.getAttribute('aria-label')).toBe(
      'Graph: Technical trigger, then Market data, then Risk manager',
    );
  });

  test('a refused start says why in its row and changes nothing', async () => {
    const { fixture, page, button } = await open({ items: [aPipeline()], next_cursor: null });
    button('Start RSI reversal')?.click();
    await answer({
      '/pipelines/p1/start': problem(409, 'pipeline/invalid', 'The pipeline has problems.'),
      '/pipelines': { items: [aPipeline()], next_cursor: null },
    });
    await fixture.whenStable();
    expect(page.querySelector('tbody [role=alert]')?.textContent).toContain('The pipeline has problems.');
    expect(button('Start RSI reversal')?.disabled).toBe(false);
  });

  test('keeps the old rows and says so when a reload fails', async () => {
    const { fixture, page, button } = await open({ items: [aPipeline()], next_cursor: null });
    button('Start RSI reversal')?.click();
    await answer({
      '/pipelines/p1/start': aPipeline(),
      '/pipelines': problem(503, 'database/unreachable', 'The database does not answer.'),
    });
    await fixture.whenStable();
    expect(page.querySelectorAll('tbody tr')).toHaveLength(1);
    expect(page.querySelector('.problem')?.textContent).toContain('showing what was known at');
  });

  test('runs a template with an idempotency key', async () => {
    const { button } = await open({ items: [], next_cursor: null });
    button('Use template RSI reversal')?.click();
    const request = TestBed.inject(HttpTestingController).expectOne({ method: 'POST', url: '/api/v1/pipelines' });
    expect(request.request.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
    request.flush({}, { status: 422, statusText: 'No' });
  });
});
