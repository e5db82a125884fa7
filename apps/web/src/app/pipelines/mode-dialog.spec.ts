import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { describe, expect, test } from 'vitest';
import { answer, FAKE_SERVER, problem } from '../api/server.fake.ts';
import { aPipeline, aPipelineMode } from '../api/wire.fake.ts';
import type { PipelineMode } from '../api/wire.ts';
import { ModeDialog } from './mode-dialog.ts';

const PATH = '/pipelines/p1/mode';

async function open(mode: PipelineMode = aPipelineMode()) {
  // jsdom has dialogs without their methods.
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  };
  TestBed.configureTestingModule({ providers: [FAKE_SERVER] });
  const fixture = TestBed.createComponent(ModeDialog);
  fixture.componentRef.setInput('pipeline', aPipeline());
  const told: PipelineMode[] = [];
  fixture.componentInstance.changed.subscribe((each) => told.push(each));
  fixture.detectChanges();
  fixture.componentInstance.open();
  await answer({ [PATH]: mode });
  const page = fixture.nativeElement as HTMLElement;
  const text = () => page.textContent?.replace(/\s+/g, ' ') ?? '';
  const submit = () => page.querySelector<HTMLButtonElement>('button[type=submit]');
  const choose = (value: string) => {
    page.querySelector<HTMLInputElement>(`input[value=${value}]`)?.click();
    fixture.detectChanges();
  };
  const say = (reason: string) => {
    const field = page.querySelector<HTMLInputElement>('#mode-reason');
    if (field === null) throw new Error('expected the field of the reason');
    field.value = reason;
  };
  const send = () => {
    page.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    fixture.detectChanges();
  };
  return { fixture, page, text, submit, choose, say, send, told };
}

describe('the trading mode', () => {
  test('lists the ladder with where each step trades and what is missing; nothing is sent until another mode is chosen', async () => {
    const { page, text, submit, choose } = await open();
    expect([...page.querySelectorAll<HTMLInputElement>('input[type=radio]')].map((each) => each.value)).toEqual([
      'validation',
      'simulation',
      'paper',
      'live',
    ]);
    expect(page.querySelector<HTMLInputElement>('input[value=simulation]')?.checked).toBe(true);
    expect(page.querySelector('#mode-says-paper')?.textContent).toContain('Trades at: sandbox on this machine');
    expect(page.querySelector('#mode-says-live')?.textContent).toContain('your password given again');
    expect(submit()?.disabled).toBe(true);
    choose('live');
    expect(text()).toContain('2 things are missing for live.');
    expect(submit()?.disabled).toBe(true);
    choose('paper');
    expect(text()).toContain('Version 3 is published again in this mode.');
    expect(submit()?.disabled).toBe(false);
  });

  test('asks why, sends the draft that was looked at, and tells what the server confirmed', async () => {
    const { fixture, page, text, choose, say, send, told } = await open();
    choose('paper');
    say('  ');
    send();
    expect(text()).toContain('Say why the mode changes');
    const controller = TestBed.inject(HttpTestingController);
    controller.expectNone(`/api/v1${PATH}`);
    say('ten good trades');
    send();
    const asked = controller.expectOne({ method: 'PATCH', url: `/api/v1${PATH}` });
    expect(asked.request.body).toEqual({ mode: 'paper', reason: 'ten good trades', expected_version: 1 });
    expect(asked.request.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
    asked.flush(aPipelineMode({ trading_mode: 'paper', venue: 'sandbox' }));
    await fixture.whenStable();
    expect(told.map((each) => each.venue)).toEqual(['sandbox']);
    expect(page.querySelector('dialog')?.open).toBe(false);
  });

  test('a refusal stands in the dialog, and the ladder is read again', async () => {
    const { page, choose, say, send, told } = await open();
    choose('paper');
    say('ten good trades');
    send();
    const step = { guard: 'open_position', text: 'no open position; there are 1, close them first' };
    const newer = aPipelineMode();
    await answer({
      [PATH]: (request) =>
        request.request.method === 'GET'
          ? request.flush({
              ...newer,
              ladder: newer.ladder.map((each) => (each.mode === 'paper' ? { ...each, missing: [step] } : each)),
            })
          : problem(422, 'pipeline/mode-guarded', 'The mode is guarded.')(request),
    });
    expect(page.querySelector('[role=alert]')?.textContent).toContain('The mode is guarded.');
    expect(page.querySelector('#mode-says-paper')?.textContent).toContain('close them first');
    expect(page.querySelector('dialog')?.open).toBe(true);
    expect(told).toEqual([]);
  });
});
