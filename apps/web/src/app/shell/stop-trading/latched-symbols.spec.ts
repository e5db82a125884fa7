import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { describe, expect, test } from 'vitest';
import { FAKE_SERVER } from '../../api/server.fake.ts';
import { LatchedSymbols } from './latched-symbols.ts';

function open() {
  TestBed.configureTestingModule({ providers: [FAKE_SERVER] });
  const fixture = TestBed.createComponent(LatchedSymbols);
  fixture.componentRef.setInput('pipelineId', 'p1');
  fixture.componentRef.setInput('pipelineName', 'RSI reversal');
  fixture.componentRef.setInput('latches', [{ symbol: 'AAPL', since: '2026-01-05T15:41:00Z' }]);
  let confirmed = 0;
  fixture.componentInstance.rearmed.subscribe(() => confirmed++);
  fixture.detectChanges();
  const page = fixture.nativeElement as HTMLElement;
  document.body.append(page);
  const press = (name: string) => {
    [...page.querySelectorAll('button')].find((each) => each.textContent?.trim() === name)?.click();
    fixture.detectChanges();
  };
  const settle = async () => {
    await new Promise((done) => setTimeout(done));
    fixture.detectChanges();
  };
  const asked = () => TestBed.inject(HttpTestingController).expectOne('/api/v1/pipelines/p1/rearm');
  return { fixture, settle, page, press, asked, confirmed: () => confirmed };
}

describe('a symbol that was closed by hand', () => {
  test('says since when it is off, and is re-armed only after a second press', async () => {
    const { fixture, settle, page, press, asked, confirmed } = open();
    expect(page.textContent).toContain('10:41:00 ET');
    press('Re-arm AAPL');
    TestBed.inject(HttpTestingController).expectNone('/api/v1/pipelines/p1/rearm');
    press('Keep it off');
    expect(page.querySelector('[role=group]')).toBeNull();
    press('Re-arm AAPL');
    press('Allow entries in AAPL');
    const request = asked();
    expect(request.request.body).toEqual({ symbol: 'AAPL' });
    expect(request.request.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
    request.flush({});
    await settle();
    expect(confirmed()).toBe(1);
    const note = page.querySelector('[role=status]');
    expect(note?.textContent).toContain('AAPL is re-armed: RSI reversal may enter it again');
    expect(document.activeElement).toBe(note);
    fixture.componentRef.setInput('latches', []);
    fixture.detectChanges();
    expect(page.querySelector('button')).toBeNull();
    expect(note?.textContent).toContain('AAPL is re-armed');
  });

  test('what got no answer is said, and tried again as the same act', async () => {
    const { settle, page, press, asked, confirmed } = open();
    press('Re-arm AAPL');
    press('Allow entries in AAPL');
    const first = asked();
    first.error(new ProgressEvent('error'));
    await settle();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('AAPL is not re-armed');
    press('Allow entries in AAPL');
    expect(asked().request.headers.get('Idempotency-Key')).toBe(first.request.headers.get('Idempotency-Key'));
    expect(confirmed()).toBe(0);
  });
});
