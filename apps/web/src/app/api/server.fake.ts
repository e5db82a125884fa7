import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting, type TestRequest } from '@angular/common/http/testing';
import { ApplicationRef, type EnvironmentProviders, type Provider } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { API_BASE } from './routes.ts';

type Answer = object | ((request: TestRequest) => void);

export const FAKE_SERVER: readonly (Provider | EnvironmentProviders)[] = [
  provideHttpClient(),
  provideHttpClientTesting(),
];

/** Answers every open request by its path below the base until the page asks for nothing more; a path without an answer is a failure of the test. */
export async function answer(answers: Readonly<Record<string, Answer>>): Promise<void> {
  const controller = TestBed.inject(HttpTestingController);
  for (let round = 0; round < 10; round++) {
    TestBed.tick();
    const open = controller.match(() => true);
    for (const request of open) {
      const path = request.request.url.slice(API_BASE.length);
      const found = answers[path];
      if (found === undefined) throw new Error(`expected an answer for ${path}, was none`);
      if (typeof found === 'function') found(request);
      else request.flush(found);
    }
    // One turn of the event loop: guards and lazy loads ask a few promises later.
    await new Promise((done) => setTimeout(done));
    if (open.length === 0 && round > 1) break;
  }
  await TestBed.inject(ApplicationRef).whenStable();
}

export function problem(status: number, code: string, title: string): (request: TestRequest) => void {
  return (request) =>
    request.flush(
      { type: 'about:blank', title, status, code, detail: 'Expected it, was not there.', instance: '/req/1' },
      { status, statusText: title },
    );
}
