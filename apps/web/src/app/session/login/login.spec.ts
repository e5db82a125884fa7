import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router, withComponentInputBinding } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { describe, expect, test } from 'vitest';
import { answer, FAKE_SERVER, problem } from '../../api/server.fake.ts';
import { sessionGuard } from '../session-guard.ts';
import { Login } from './login.ts';

@Component({ template: 'inside' })
class Inside {}

const STATUS = { mode_banner: { mode: 'simulation', text: '' }, version: '1', demo: true };

async function open() {
  TestBed.configureTestingModule({
    providers: [
      FAKE_SERVER,
      provideRouter(
        [
          { path: 'login', component: Login },
          { path: '**', component: Inside, canActivate: [sessionGuard] },
        ],
        withComponentInputBinding(),
      ),
    ],
  });
  const harness = await RouterTestingHarness.create();
  const arrived = harness.navigateByUrl('/pipelines/p1?node=risk');
  await answer({ '/auth/me': problem(401, 'auth/required', 'Sign in'), '/status': STATUS });
  await arrived;
  await answer({ '/status': STATUS });
  const page = harness.routeNativeElement as HTMLElement;
  const type = (selector: string, value: string) => {
    const field = page.querySelector<HTMLInputElement>(selector);
    if (field === null) throw new Error(`expected ${selector}, was none`);
    field.value = value;
    field.dispatchEvent(new Event('input'));
  };
  const submit = () => page.querySelector('form')?.dispatchEvent(new Event('submit'));
  return { harness, page, type, submit, url: () => TestBed.inject(Router).url };
}

describe('login', () => {
  test('tells where the demo password is and comes back to the page that was asked for', async () => {
    const { page, type, submit, url, harness } = await open();
    expect(url()).toBe('/login?next=%2Fpipelines%2Fp1%3Fnode%3Drisk');
    expect(page.textContent).toContain('printed in the terminal');
    type('#login-email', ' demo@x ');
    type('#login-password', 'secret');
    submit();
    await answer({ '/auth/login': { user: { id: 'u', email: 'demo@x', display_name: 'Demo' } } });
    await harness.fixture.whenStable();
    expect(url()).toBe('/pipelines/p1?node=risk');
  });

  test('says one sentence for any wrong pair', async () => {
    const { page, submit, harness } = await open();
    submit();
    await answer({ '/auth/login': problem(401, 'auth/invalid-credentials', 'No') });
    await harness.fixture.whenStable();
    expect(page.querySelector('[role=alert]')?.textContent).toBe('This e-mail and password do not belong together.');
    expect(page.querySelector('#login-email')?.getAttribute('aria-invalid')).toBe('true');
  });
});
