import { HttpClient, HttpHeaders } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { fillPath, type PathParams, type Writes } from './routes.ts';

export interface SendOptions {
  readonly path?: PathParams['path'];
  /** Made when the person begins to act and kept by every retry, so that an act is never done twice. */
  readonly idempotencyKey?: string;
}

/** Writes to the server. Rejects with what `toProblem` can read. */
@Injectable({ providedIn: 'root' })
export class Send {
  readonly #http = inject(HttpClient);

  send<W extends keyof Writes>(
    write: W,
    body: Writes[W]['body'],
    options: SendOptions = {},
  ): Promise<Writes[W]['answer']> {
    const [method = 'POST', template = ''] = write.split(' ');
    const headers = new HttpHeaders({ 'Idempotency-Key': options.idempotencyKey ?? newIdempotencyKey() });
    return firstValueFrom(
      this.#http.request<Writes[W]['answer']>(method, fillPath(template, options.path), { body, headers }),
    );
  }
}

export function newIdempotencyKey(): string {
  // randomUUID exists only in secure contexts; a phone on the local network is not one.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
