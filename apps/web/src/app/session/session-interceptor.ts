import { HttpErrorResponse, type HttpInterceptorFn } from '@angular/common/http';
import { Injector, inject } from '@angular/core';
import { catchError, throwError } from 'rxjs';
import { SessionStore } from './session-store.ts';

/** Turns an answer 401 into the login page. The two questions about the session itself are answered by their callers. */
export const sessionInterceptor: HttpInterceptorFn = (request, next) => {
  // The store itself sends requests, so it is looked up when an answer needs it.
  const injector = inject(Injector);
  return next(request).pipe(
    catchError((error: unknown) => {
      const asksForSession = /\/auth\/(me|login|logout)$/.test(request.url);
      if (error instanceof HttpErrorResponse && error.status === 401 && !asksForSession) {
        injector.get(SessionStore).expire();
      }
      return throwError(() => error);
    }),
  );
};
