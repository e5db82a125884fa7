import { HttpErrorResponse } from '@angular/common/http';
import { computed, Injectable, inject, signal } from '@angular/core';
import { Router } from '@angular/router';
import { ReadOnce } from '../api/read.ts';
import { Send } from '../api/send.ts';
import type { User } from '../api/wire.ts';

/** Who is signed in. The token itself lives in an httpOnly cookie that the app never sees. */
@Injectable({ providedIn: 'root' })
export class SessionStore {
  readonly #read = inject(ReadOnce);
  readonly #send = inject(Send);
  readonly #router = inject(Router);
  /** `undefined` until the server was asked, `null` when nobody is signed in. */
  readonly #user = signal<User | null | undefined>(undefined);
  readonly user = computed(() => this.#user() ?? undefined);
  readonly isSignedIn = computed(() => this.user() !== undefined);

  /** Asks the server once who is signed in. A server that does not answer leaves the question open. */
  async ensureKnown(): Promise<boolean> {
    if (this.#user() !== undefined) return this.isSignedIn();
    try {
      const { user } = await this.#read.get('/auth/me');
      this.#user.set(user);
    } catch (error) {
      if (!(error instanceof HttpErrorResponse) || error.status !== 401) throw error;
      this.#user.set(null);
    }
    return this.isSignedIn();
  }

  async signIn(email: string, password: string): Promise<void> {
    const { user } = await this.#send.send('POST /auth/login', { email, password });
    this.#user.set(user);
  }

  async signOut(): Promise<void> {
    await this.#send.send('POST /auth/logout', null);
    this.#user.set(null);
    await this.#router.navigate(['/login']);
  }

  /** The session ended under us: sign in again and come back to the same page. */
  expire(): void {
    if (!this.isSignedIn()) return;
    this.#user.set(null);
    const next = this.#router.url;
    void this.#router.navigate(['/login'], { queryParams: { next, ended: 1 } });
  }
}
