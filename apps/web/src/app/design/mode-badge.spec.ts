import { TestBed } from '@angular/core/testing';
import { expect, test } from 'vitest';
import { type Mode, ModeBadge } from './mode-badge.ts';
import { type Venue, venueWords } from './venue-words.ts';

function badge(mode: Mode, venue?: Venue): HTMLElement {
  const fixture = TestBed.createComponent(ModeBadge);
  fixture.componentRef.setInput('mode', mode);
  if (venue !== undefined) fixture.componentRef.setInput('venue', venue);
  fixture.detectChanges();
  return fixture.nativeElement as HTMLElement;
}

test('paper at the sandbox is said as the sandbox, never as an account at a broker', () => {
  const sandbox = badge('paper', 'sandbox');
  expect(sandbox.textContent).toBe('Paper · sandbox');
  expect(sandbox.title).toContain('sandbox on this machine');
  expect(`${sandbox.title}${venueWords('sandbox')}`).not.toMatch(/account|broker/i);
  expect(badge('paper', 'paper').title).toContain('paper account at Alpaca');
});

test('a mode whose place is not known says only what it is', () => {
  expect(badge('paper').textContent).toBe('Paper');
  expect(badge('paper').title).not.toMatch(/broker/i);
  expect(badge('live', 'live').title).toContain('REAL MONEY');
});
