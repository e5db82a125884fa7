import { Component, computed, type ElementRef, inject, input, signal, viewChild } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { Router } from '@angular/router';
import { toProblem } from '../../api/problem.ts';
import { read } from '../../api/read.ts';
import { SessionStore } from '../session-store.ts';

@Component({
  selector: 'bw-login',
  imports: [FormsModule],
  templateUrl: './login.html',
  styleUrl: './login.css',
})
export class Login {
  readonly #session = inject(SessionStore);
  readonly #router = inject(Router);
  /** Page to come back to, from the address. */
  readonly next = input<string>();
  readonly ended = input<string>();
  readonly unreachable = input<string>();
  protected readonly status = read('/status');
  protected readonly email = signal('');
  protected readonly password = signal('');
  protected readonly isSending = signal(false);
  protected readonly failure = signal<string | undefined>(undefined);
  protected readonly notice = computed(() => {
    if (this.ended()) return 'Your session ended. Sign in to continue where you were.';
    if (this.unreachable()) return 'The server did not answer. It may still be starting.';
    return undefined;
  });
  private readonly emailField = viewChild.required<ElementRef<HTMLInputElement>>('emailField');

  protected async submit(): Promise<void> {
    if (this.isSending()) return;
    this.isSending.set(true);
    this.failure.set(undefined);
    try {
      await this.#session.signIn(this.email().trim(), this.password());
      await this.#router.navigateByUrl(localPath(this.next()));
    } catch (error) {
      const problem = toProblem(error);
      this.failure.set(
        problem.status === 401
          ? 'This e-mail and password do not belong together.'
          : `${problem.sentence} ${problem.detail}`,
      );
      this.emailField().nativeElement.focus();
    } finally {
      this.isSending.set(false);
    }
  }
}

/** Only a path of this app: an address from outside must not steer where a sign-in leads. */
function localPath(next: string | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.startsWith('/login') ? next : '/';
}
