import { HttpClient, httpResource } from '@angular/common/http';
import { computed, Injectable, inject, linkedSignal, type Signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { type Problem, toProblem } from './problem.ts';
import { definedQuery, fillPath, type Reads, type RequestParams } from './routes.ts';

/** A read that keeps its last answer while a newer one is on its way or has failed. */
export interface Read<T> {
  /** The last answer of this path; undefined until the first one. */
  readonly value: Signal<T | undefined>;
  readonly problem: Signal<Problem | undefined>;
  readonly isLoading: Signal<boolean>;
  /** When the answer on screen arrived, by the browser's clock. */
  readonly arrivedAt: Signal<number | undefined>;
  reload(): void;
}

interface Kept<T> {
  readonly url: string;
  readonly value: T | undefined;
  readonly arrivedAt: number | undefined;
}

/** Reads a path as a signal and again whenever its parameters change; `undefined` parameters wait. Called in an injection context. */
export function read<P extends keyof Reads>(
  path: P,
  params: () => RequestParams<P> | undefined = () => ({}),
): Read<Reads[P]> {
  const request = computed(
    () => {
      const given = params();
      return given && { url: fillPath(path, given.path), params: definedQuery(given.query) };
    },
    // Parameters often come from another read: a newer answer with the same parameters is no reason to ask again.
    { equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  );
  const resource = httpResource<Reads[P]>(() => request());
  const kept = linkedSignal<{ url: string; value: Reads[P] | undefined }, Kept<Reads[P]>>({
    source: () => ({ url: request()?.url ?? '', value: resource.hasValue() ? resource.value() : undefined }),
    computation: (source, previous) => {
      if (source.value !== undefined) return { url: source.url, value: source.value, arrivedAt: Date.now() };
      if (previous?.value.url === source.url) return previous.value;
      return { url: source.url, value: undefined, arrivedAt: undefined };
    },
  });
  return {
    value: computed(() => kept().value),
    arrivedAt: computed(() => kept().arrivedAt),
    problem: computed(() => {
      const error = resource.error();
      return error === undefined ? undefined : toProblem(error);
    }),
    isLoading: computed(() => resource.isLoading()),
    reload: () => resource.reload(),
  };
}

/** Reads a path once; for loops such as paging and polling, where a signal would be in the way. */
@Injectable({ providedIn: 'root' })
export class ReadOnce {
  readonly #http = inject(HttpClient);

  get<P extends keyof Reads>(path: P, params: RequestParams<P> = {}): Promise<Reads[P]> {
    return firstValueFrom(
      this.#http.get<Reads[P]>(fillPath(path, params.path), { params: definedQuery(params.query) }),
    );
  }
}
