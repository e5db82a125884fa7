import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { aKillSwitch, aKillSwitchState, anAccount, aPipeline } from '../../api/wire.fake.ts';
import { PLAIN_FETCH } from './plain-request.ts';
import { ReleaseDialog } from './release-dialog.ts';
import { StopTrading } from './stop-trading.ts';
import { obstacleWords, releasables, switchWords } from './stop-words.ts';
import { TradingLatch } from './trading-latch.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  readonly body: unknown;
}

const NOW = Date.parse('2026-01-05T15:45:00Z');
const OUTAGE = () => Promise.reject(new TypeError('Failed to fetch'));

/** A server at the other end of `fetch` and nothing else: no store, no stream, no HTTP client. */
function serve(answers: Record<string, () => Promise<Response>>) {
  const asked: Asked[] = [];
  TestBed.configureTestingModule({
    providers: [
      provideRouter([]),
      {
        provide: PLAIN_FETCH,
        useValue: (url: string, init: RequestInit) => {
          const path = url.replace('/api/v1', '');
          const method = init.method ?? 'GET';
          const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
          asked.push({ method, path, key: new Headers(init.headers).get('idempotency-key'), body });
          return (answers[`${method} ${path}`] ?? OUTAGE)();
        },
      },
    ],
  });
  return asked;
}

const json =
  (body: object, status = 200) =>
  () =>
    Promise.resolve(new Response(JSON.stringify(body), { status }));
const problem = (status: number, code: string, title: string) => json({ code, title, status }, status);

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  };
  vi.useFakeTimers({ now: NOW });
  return () => vi.useRealTimers();
});

async function openStop() {
  const fixture = TestBed.createComponent(StopTrading);
  const page = fixture.nativeElement as HTMLElement;
  document.body.append(page);
  const settle = async (ms = 0) => {
    await vi.advanceTimersByTimeAsync(ms);
    fixture.detectChanges();
    await vi.advanceTimersByTimeAsync(0);
    fixture.detectChanges();
  };
  fixture.detectChanges();
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'X', ctrlKey: true, shiftKey: true, cancelable: true }));
  await settle();
  const submit = () => page.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
  const text = () => page.querySelector('dialog')?.textContent?.replace(/\s+/g, ' ') ?? '';
  return { page, settle, submit, text };
}

describe('the stop button', () => {
  const GET = 'GET /safety/kill-switch';
  const POST = 'POST /safety/kill-switch';
  const PIPELINES = { 'GET /pipelines?limit=200': json({ items: [aPipeline()], next_cursor: null }) };

  test('two keys and no network but fetch: the effect in numbers, then what the server confirmed', async () => {
    const done = aKillSwitch({ progress: { ...aKillSwitch().progress, entries_canceled: 3 } });
    let state = aKillSwitchState();
    const asked = serve({ ...PIPELINES, [GET]: () => json(state)(), [POST]: json(aKillSwitch()) });
    const { settle, submit, text } = await openStop();
    expect(text()).toContain('3 working entries are canceled.');
    expect(text()).toContain('5 stops and targets stay at the broker.');
    expect(document.activeElement?.textContent?.trim()).toBe('Stop trading');
    submit();
    await settle();
    expect(text()).toContain('No new orders, confirmed 10:41:00 ET');
    expect(text()).toContain('0 of 3 entries canceled');
    state = aKillSwitchState([done]);
    await settle(1100);
    expect(text()).toContain('3 entries canceled');
    expect(asked.filter((each) => each.method === 'POST').map((each) => each.body)).toEqual([
      { scope: 'user', flatten: false, reason: 'stopped by hand' },
    ]);
  });

  test('nothing answers: NOT CONFIRMED, and every try is the same stop', async () => {
    const asked = serve({});
    const { settle, submit, text } = await openStop();
    expect(text()).toContain('how many is not known yet');
    submit();
    await settle();
    expect(text()).toContain('NOT CONFIRMED');
    expect(text()).toContain('act without this server');
    expect(text()).not.toContain('No new orders');
    await settle(4000);
    submit();
    await settle();
    const posts = asked.filter((each) => each.method === 'POST');
    expect(posts.length).toBeGreaterThanOrEqual(4);
    expect(new Set(posts.map((each) => each.key)).size).toBe(1);
    expect(posts[0]?.key).toMatch(/^[0-9a-f]{32}$/);
  });

  test('an answer that says nothing about a stop confirms nothing', async () => {
    serve({ [POST]: json({ fine: true }) });
    const { settle, submit, text } = await openStop();
    submit();
    await settle();
    expect(text()).toContain('NOT CONFIRMED');
  });

  test('a server in trouble is tried again and then confirms', async () => {
    let tries = 0;
    serve({
      [GET]: json(aKillSwitchState()),
      [POST]: () => (++tries < 3 ? problem(503, 'x', 'Down')() : json(aKillSwitch())()),
    });
    const { settle, submit, text } = await openStop();
    submit();
    await settle();
    expect(text()).toContain('NOT CONFIRMED');
    await settle(3000);
    expect(text()).toContain('No new orders, confirmed');
  });

  test('an ended session is said, not retried', async () => {
    const asked = serve({ [POST]: problem(401, 'auth/required', 'Sign in') });
    const { settle, submit, text } = await openStop();
    submit();
    await settle(10_000);
    expect(text()).toContain('You are signed out');
    expect(asked.filter((each) => each.method === 'POST')).toHaveLength(1);
  });

  test('one pipeline: its own orders are counted, and only it is stopped', async () => {
    const order = (purpose: string, pipeline: string) => ({
      is_open: true,
      purpose,
      pipeline: { id: pipeline },
      account: { id: 'a' },
    });
    const asked = serve({
      ...PIPELINES,
      [GET]: json(aKillSwitchState()),
      [POST]: json(aKillSwitch({ scope: 'pipeline', scope_id: 'p1' })),
      'GET /orders?status=open&limit=200': json({
        items: [order('entry', 'p1'), order('exit', 'p1'), order('entry', 'p2')],
        next_cursor: null,
      }),
    });
    const { page, settle, submit, text } = await openStop();
    const radios = page.querySelectorAll<HTMLInputElement>('input[type=radio]');
    radios[2]?.click();
    await settle();
    expect(text()).toContain('1 working entry is canceled.');
    expect(text()).toContain('1 stop or target stays at the broker.');
    submit();
    await settle();
    expect(asked.find((each) => each.method === 'POST')?.body).toMatchObject({ scope: 'pipeline', scope_id: 'p1' });
  });
});

describe('releasing', () => {
  test('needs a reason and the password, in this order, and says when trading is still stopped', async () => {
    let state = aKillSwitchState([aKillSwitch()]);
    let password = problem(401, 'auth/refused', 'Refused');
    const asked = serve({
      'GET /safety/kill-switch': () => json(state)(),
      'POST /auth/step-up': () => password(),
      'DELETE /safety/kill-switch': () => {
        state = aKillSwitchState();
        return json(state)();
      },
    });
    await TestBed.inject(TradingLatch).reload();
    const fixture = TestBed.createComponent(ReleaseDialog);
    const page = fixture.nativeElement as HTMLElement;
    document.body.append(page);
    fixture.detectChanges();
    fixture.componentInstance.open();
    fixture.detectChanges();
    const submit = async () => {
      page.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
      await vi.advanceTimersByTimeAsync(1);
      fixture.detectChanges();
    };
    const fill = (id: string, value: string) => {
      const field = page.querySelector<HTMLInputElement>(id);
      if (field !== null) field.value = value;
    };
    await submit();
    expect(page.textContent).toContain('Say why trading may go on');
    fill('#release-reason', 'checked the orders');
    fill('#release-password', 'wrong');
    await submit();
    expect(page.textContent).toContain('This is not your password.');
    expect(TestBed.inject(TradingLatch).engaged()).toHaveLength(1);
    password = json({ until: '2026-01-05T15:50:00Z' });
    await submit();
    expect(asked.at(-2)).toMatchObject({ method: 'DELETE', body: { scope: 'user', reason: 'checked the orders' } });
    expect(TestBed.inject(TradingLatch).engaged()).toHaveLength(0);
  });
});

test('the latch names where, by whom, when and why', () => {
  expect(switchWords(aKillSwitch(), NOW)).toBe('everywhere by you, 10:41 ET: stopped by hand');
  const platform = aKillSwitch({ scope: 'platform', scope_id: null, reason: 'maintenance' });
  expect(switchWords(platform, NOW + 86_400_000)).toBe(
    'for everybody by the platform, Jan 5, 2026, 10:41:00 ET: maintenance',
  );
  expect(releasables(aKillSwitchState([platform]), NOW)).toEqual([]);
});

test("a day's loss stands in the banner, and only a halt can be released", () => {
  const obstacle = (state: 'reducing' | 'halted', cause: string) => ({
    scope: 'account' as const,
    pipeline_id: null,
    symbol: null,
    state,
    cause,
    text: `${cause} reached`,
    flatten: false,
    since: '2026-01-05T15:00:00Z',
  });
  const standing = {
    account: anAccount(),
    state: 'halted' as const,
    gate_open: true,
    reconciled_at: null,
    is_clean: true,
  };
  const state = {
    ...aKillSwitchState(),
    accounts: [
      {
        ...standing,
        obstacles: [
          obstacle('reducing', 'daily_loss'),
          obstacle('halted', 'drawdown'),
          obstacle('halted', 'kill_switch'),
        ],
      },
    ],
  };
  expect(obstacleWords(state)).toBe('Alpaca sandbox: daily_loss reached · Alpaca sandbox: drawdown reached');
  expect(releasables(state, NOW).map(({ scope, words }) => [scope, words])).toEqual([
    ['account', 'Alpaca sandbox: drawdown reached'],
  ]);
});
