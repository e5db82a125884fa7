import { inject } from '@angular/core';
import { type CanActivateFn, Router } from '@angular/router';
import { SessionStore } from './session-store.ts';

/** Lets signed-in people in and sends everybody else to the login page, which brings them back. */
export const sessionGuard: CanActivateFn = async (_route, state) => {
  const router = inject(Router);
  const session = inject(SessionStore);
  try {
    if (await session.ensureKnown()) return true;
  } catch {
    return router.createUrlTree(['/login'], { queryParams: { next: state.url, unreachable: 1 } });
  }
  return router.createUrlTree(['/login'], state.url === '/' ? {} : { queryParams: { next: state.url } });
};
