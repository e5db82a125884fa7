import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { describe, expect, test } from 'vitest';
import { answer, FAKE_SERVER, problem } from '../api/server.fake.ts';
import { aHeldPosition, anAccount, anEvent, positionsPage } from '../api/wire.fake.ts';
import { LiveStore } from '../session/live/live-store.ts';
import { Positions } from './positions.ts';

const SANDBOX = anAccount();
const SIMULATED = anAccount({
  id: 'acc-sim',
  kind: 'simulated',
  label: null,
  name: 'Simulation of RSI reversal',
  trading_mode: 'simulation',
});
const SESSION = {
  phase: 'open',
  until: null,
  next_open: null,
  next_close: null,
  half_day: false,
  server_time: new Date().toISOString(),
  exchange: 'XNYS',
};

async function open(positions: Parameters<typeof answer>[0][string], more: Parameters<typeof answer>[0] = {}) {
  // jsdom has dialogs without their methods.
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  };
  TestBed.configureTestingModule({ providers: [FAKE_SERVER, provideRouter([])] });
  const fixture = TestBed.createComponent(Positions);
  const none = { items: [], next_cursor: null };
  await answer({ '/positions': positions, '/trades': none, '/safety/alerts': none, ...more });
  const page = fixture.nativeElement as HTMLElement;
  document.body.append(page);
  const button = (name: string) =>
    [...page.querySelectorAll('button')].find((each) => each.textContent?.replace(/\s+/g, ' ').trim() === name);
  const text = () => page.textContent?.replace(/\s+/g, ' ') ?? '';
  return { fixture, page, button, text };
}

describe('the positions screen', () => {
  test('says what accounts called for help about within the day, with the way to the position', async () => {
    const alarm = (level: string, text: string, ago: number) => ({
      id: text,
      level,
      code: 'naked',
      text,
      account_id: SANDBOX.id,
      symbol: 'AAPL',
      position_id: 'pos1',
      pipeline_id: 'p1',
      at: new Date(Date.now() - ago).toISOString(),
    });
    const items = [alarm('page', '10 AAPL have no stop for 30 s', 1_000), alarm('alarm', 'long ago', 90_000_000)];
    const { page } = await open(positionsPage([aHeldPosition()]), {
      '/safety/alerts': { items, next_cursor: null },
    });
    const panel = page.querySelector('bw-account-alarms');
    expect(panel?.querySelectorAll('li')).toHaveLength(1);
    expect(panel?.textContent).toContain('Act now');
    expect(panel?.textContent).toContain('10 AAPL have no stop for 30 s');
    expect(panel?.querySelector('a')?.getAttribute('href')).toBe('/positions/pos1');
  });

  test('groups by account and mode, each under its own totals, and never sums across', async () => {
    const { page, text } = await open(
      positionsPage([aHeldPosition(), aHeldPosition({ id: 'pos2', symbol: 'SPY', account: SIMULATED })], {
        external: [{ account: SANDBOX, symbol: 'KO', side: 'long', quantity: '120', average_entry: '58.20' }],
      }),
    );
    const headings = [...page.querySelectorAll('h2')].map((each) => each.textContent);
    expect(headings).toEqual(['Alpaca sandbox', 'Simulation of RSI reversal', 'Held by you, not by a pipeline']);
    expect(page.querySelectorAll('bw-position-group')).toHaveLength(2);
    expect(page.querySelector('bw-position-group .chip')?.textContent).toBe('Sandbox');
    expect(text()).toContain('2 test, none with real money');
    expect(page.querySelector('bw-external-holdings button')).toBeNull();
  });

  test('says what is naked first by word, and counts it', async () => {
    const { page } = await open(
      positionsPage([
        aHeldPosition({
          protection: {
            ...aHeldPosition().protection,
            covered: '0',
            naked: '66',
            naked_share_seconds: '264',
            armed: false,
          },
        }),
      ]),
    );
    expect(page.querySelector('bw-protection')?.textContent).toContain('Unprotected');
    expect(page.querySelector('bw-protection')?.textContent).toContain('264 naked share-seconds');
    expect(page.querySelector('tr.alarm')).not.toBeNull();
  });

  test('keeps the last truth and says that stops rest at the broker when a reload fails', async () => {
    const { fixture, page, text } = await open(positionsPage([aHeldPosition()]));
    TestBed.inject(LiveStore).apply([anEvent('pipeline_updated', 1, { execution_id: null })]);
    await answer({
      '/safety/alerts': { items: [], next_cursor: null },
      '/positions': problem(503, 'database/unreachable', 'The database does not answer.'),
    });
    await fixture.whenStable();
    expect(page.querySelectorAll('bw-position-group tbody tr')).toHaveLength(1);
    expect(text()).toContain('Stops rest at the broker');
    expect(text()).toContain('showing what was known at');
  });

  test('nothing held: one sentence and the trades that closed last', async () => {
    const { text } = await open(positionsPage([]), {
      '/trades': {
        items: [
          {
            id: 't',
            position_id: 't',
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
            slippage: '9.80',
            r_multiple: 1.48,
            close_reason: 'target_1',
            trading_mode: 'simulation',
          },
        ],
        next_cursor: null,
      },
    });
    expect(text()).toContain('No open positions.');
    expect(text()).toContain('+$285.70');
  });

  test('a position that the stream closed leaves the list before the next snapshot', async () => {
    const { page } = await open(positionsPage([aHeldPosition()]));
    TestBed.inject(LiveStore).apply([
      anEvent('position_closed', 1, { trade: { position_id: 'pos1' } as never, execution_id: null }),
    ]);
    TestBed.tick();
    expect(page.querySelectorAll('bw-position-group')).toHaveLength(0);
    TestBed.inject(HttpTestingController).match(() => true);
  });
});

describe('closing by hand', () => {
  test('says what it means, keeps by default, and walks only as far as the server says', async () => {
    const { fixture, page, button, text } = await open(positionsPage([aHeldPosition()]), {
      '/market/session': SESSION,
    });
    button('Close AAPL')?.click();
    await answer({ '/market/session': SESSION });
    await fixture.whenStable();
    const dialog = page.querySelector('bw-close-dialog');
    expect(dialog?.textContent).toContain('$12,619.20');
    expect(dialog?.textContent).toContain('+$117.48');
    expect(dialog?.textContent).toContain('Sells what is left, 66 AAPL, at market.');
    expect(document.activeElement?.textContent).toBe('Keep position');

    button('Close 66 AAPL')?.click();
    fixture.detectChanges();
    expect(text()).toContain('Close requested');
    const controller = TestBed.inject(HttpTestingController);
    const asked = controller.expectOne('/api/v1/positions/pos1/close');
    expect(asked.request.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
    asked.flush({ command_id: 'c1', positions: ['pos1'], text: '' }, { status: 202, statusText: 'Accepted' });
    await new Promise((done) => setTimeout(done));
    const outcome = {
      position_id: 'pos1',
      symbol: 'AAPL',
      side: 'long',
      account: SANDBOX,
      outcome: 'closed',
      step: 'ended',
      text: '',
      remaining: '0',
      average_exit: '191.18',
      realized_pnl: '116.16',
      fills: [],
    };
    controller
      .expectOne('/api/v1/positions/commands/c1')
      .flush({ command_id: 'c1', kind: 'close', reason: '', asked_at: '', is_done: true, positions: [outcome] });
    await answer({ '/positions': positionsPage([]), '/trades': { items: [], next_cursor: null } });
    await fixture.whenStable();
    expect(text()).toContain('Closed at 191.18, +$116.16');
    button('Done, hide AAPL')?.click();
    await answer({ '/trades': { items: [], next_cursor: null } });
    expect(text()).toContain('No open positions.');
  });

  test('a close that got no answer is sent again under the same key', async () => {
    const { fixture, button, text } = await open(positionsPage([aHeldPosition()]), { '/market/session': SESSION });
    button('Close AAPL')?.click();
    await answer({ '/market/session': SESSION });
    await fixture.whenStable();
    button('Close 66 AAPL')?.click();
    const controller = TestBed.inject(HttpTestingController);
    const first = controller.expectOne('/api/v1/positions/pos1/close');
    first.error(new ProgressEvent('error'));
    await new Promise((done) => setTimeout(done));
    await fixture.whenStable();
    expect(text()).toContain('Retry sends the same request, never a second one.');
    button('Retry closing AAPL')?.click();
    const second = controller.expectOne('/api/v1/positions/pos1/close');
    expect(second.request.headers.get('Idempotency-Key')).toBe(first.request.headers.get('Idempotency-Key'));
  });

  test('closing all asks for the words and does nothing without them', async () => {
    const { fixture, page, button, text } = await open(positionsPage([aHeldPosition()]), {
      '/market/session': SESSION,
    });
    button('Close all…')?.click();
    await answer({ '/market/session': SESSION });
    await fixture.whenStable();
    const form = page.querySelector('bw-close-all-dialog form');
    form?.dispatchEvent(new Event('submit', { cancelable: true }));
    await fixture.whenStable();
    expect(text()).toContain('nothing has been closed');
    const controller = TestBed.inject(HttpTestingController);
    controller.expectNone('/api/v1/positions/close-all');
    const typed = page.querySelector<HTMLInputElement>('#close-all-typed');
    if (typed === null) throw new Error('expected the field');
    typed.value = 'close all';
    typed.dispatchEvent(new Event('input'));
    form?.dispatchEvent(new Event('submit', { cancelable: true }));
    const asked = controller.expectOne('/api/v1/positions/close-all');
    expect(asked.request.body).toMatchObject({ confirm: 'close all' });
  });
});
