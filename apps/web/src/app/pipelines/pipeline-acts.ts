import { Injectable, inject, signal } from '@angular/core';
import { type Problem, toProblem } from '../api/problem.ts';
import { Send } from '../api/send.ts';
import type { Pipeline, PipelineDetail, PipelineDocument, Template } from '../api/wire.ts';

export interface RunSource {
  readonly kind: 'demo_tape';
  readonly tape_id?: string;
  readonly speed?: number;
}

/** What can be done to pipelines from a list or a page, with the state of each act: requested, then confirmed or refused. Provided per page. */
@Injectable()
export class PipelineActs {
  readonly #send = inject(Send);
  readonly #working = signal<ReadonlySet<string>>(new Set());
  readonly #refusals = signal<ReadonlyMap<string, Problem>>(new Map());

  isWorking(id: string): boolean {
    return this.#working().has(id);
  }

  refusal(id: string): Problem | undefined {
    return this.#refusals().get(id);
  }

  start(id: string): Promise<Pipeline | undefined> {
    return this.#act(id, () => this.#send.send('POST /pipelines/{id}/start', {}, { path: { id } }));
  }

  stop(id: string): Promise<Pipeline | undefined> {
    return this.#act(id, () => this.#send.send('POST /pipelines/{id}/stop', null, { path: { id } }));
  }

  run(id: string, source: RunSource, idempotencyKey: string): Promise<{ readonly execution_id: string } | undefined> {
    return this.#act(id, () =>
      this.#send.send('POST /pipelines/{id}/run', { source }, { path: { id }, idempotencyKey }),
    );
  }

  useTemplate(template: Template): Promise<PipelineDetail | undefined> {
    const { id: _theirs, ...document }: PipelineDocument = template.document;
    return this.#act(template.template_id, () => this.#send.send('POST /pipelines', document));
  }

  async #act<T>(id: string, act: () => Promise<T>): Promise<T | undefined> {
    if (this.isWorking(id)) return undefined;
    this.#working.update((ids) => new Set(ids).add(id));
    this.#refusals.update((all) => new Map([...all].filter(([key]) => key !== id)));
    try {
      return await act();
    } catch (error) {
      this.#refusals.update((all) => new Map(all).set(id, toProblem(error)));
      return undefined;
    } finally {
      this.#working.update((ids) => new Set([...ids].filter((each) => each !== id)));
    }
  }
}
