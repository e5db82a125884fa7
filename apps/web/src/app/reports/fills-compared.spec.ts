import { TestBed } from '@angular/core/testing';
import { expect, test } from 'vitest';
import { FillsComparedTable } from './fills-compared.ts';

const fill = (price: string) => ({ price, quantity: '66', time: '2026-01-05T15:01:00Z', commission: '0.00' });

function open(orders: object[]) {
  const fixture = TestBed.createComponent(FillsComparedTable);
  const text = 'entries were filled otherwise';
  fixture.componentRef.setInput('compared', { text, effect: '-6.60', orders });
  fixture.componentRef.setInput('venue', 'sandbox');
  fixture.detectChanges();
  return fixture.nativeElement as HTMLElement;
}

const ORDER = { decided_at: '2026-01-05T15:00:00Z', symbol: 'AAPL', side: 'buy' };

test('each decision stands with its fill at the sandbox and in simulation', () => {
  const page = open([
    { ...ORDER, actual: fill('190.10'), simulated: fill('190.00'), effect: '-6.60' },
    { ...ORDER, actual: fill('190.10'), simulated: null, effect: '0.00' },
  ]);
  expect(page.textContent).toContain('entries were filled otherwise');
  expect(page.querySelector('thead')?.textContent).toContain('Fill at the sandbox');
  const rows = [...page.querySelectorAll('tbody tr')].map((row) => row.textContent?.replace(/\s+/g, ' '));
  expect(rows[0]).toContain('66 at 190.10');
  expect(rows[0]).toContain('66 at 190.00');
  expect(page.querySelector('td.loss')?.textContent).toContain('6.60');
  expect(rows[1]).toContain('not filled');
});

test('fills that are the same are said in a sentence, without a table', () => {
  expect(open([]).querySelector('table')).toBeNull();
});
