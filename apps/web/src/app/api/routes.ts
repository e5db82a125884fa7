import type { EventPage, LiveEvent } from './live-event.ts';
import type { paths } from './schema.generated.ts';
import type { AgentMetadata, PipelineDetail, PipelineDocument, PipelineVersionDetail, Template } from './wire.ts';

export const API_BASE = '/api/v1';
type Base = typeof API_BASE;

type PathsWith<Method extends 'get' | 'post' | 'patch'> = {
  [P in keyof paths]: paths[P] extends Record<Method, object>
    ? P extends `${Base}${infer Rest}`
      ? Rest
      : never
    : never;
}[keyof paths];
type Operation<P extends string, Method extends 'get' | 'post' | 'patch'> = paths[`${Base}${P}` & keyof paths][Method];
type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : unknown;
type Answer<O> = O extends { responses: infer Answers }
  ? Json<Answers[keyof Answers & (200 | 201 | 202 | 204)]>
  : never;
type Body<O> = O extends { requestBody?: infer Content }
  ? [NonNullable<Content>] extends [never]
    ? null
    : Json<NonNullable<Content>>
  : null;
type Query<O> = O extends { parameters: { query?: infer Q } }
  ? { readonly [Name in keyof Q]?: Q[Name] | undefined }
  : { readonly [name: string]: never };

/** Where the description says only "an object", or where events carry their place. */
interface Told {
  '/agents': { readonly items: readonly AgentMetadata[] };
  '/pipelines/templates': { readonly items: readonly Template[] };
  '/pipelines/{id}': PipelineDetail;
  '/pipelines/{id}/versions/{version}': PipelineVersionDetail;
  '/executions/{id}/journal': { readonly items: readonly LiveEvent[]; readonly next_cursor: string | null };
  '/events': EventPage;
}

/** Every path that can be read, with its answer. A path that the server does not have does not compile. */
export type Reads = { [P in PathsWith<'get'>]: P extends keyof Told ? Told[P] : Answer<Operation<P, 'get'>> };

/** Every write by POST or PATCH, with what is sent and what comes back. */
export type Writes = {
  [P in PathsWith<'post'> as `POST ${P}`]: P extends '/pipelines'
    ? { body: PipelineDocument; answer: PipelineDetail }
    : { body: Body<Operation<P, 'post'>>; answer: Answer<Operation<P, 'post'>> };
} & {
  [P in PathsWith<'patch'> as `PATCH ${P}`]: {
    body: Body<Operation<P, 'patch'>>;
    answer: Answer<Operation<P, 'patch'>>;
  };
};

export interface PathParams {
  readonly path?: Readonly<Record<string, string | number>>;
}

/** The braces of a path and the query that the server knows for it. */
export interface RequestParams<P extends keyof Reads> extends PathParams {
  readonly query?: Query<Operation<P, 'get'>>;
}

/** Fills the braces of a path; a missing value is a bug of the caller. */
export function fillPath(template: string, path: PathParams['path'] = {}): string {
  return (
    API_BASE +
    template.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = path[name];
      if (value === undefined) throw new Error(`expected a value for {${name}} in ${template}, was none`);
      return encodeURIComponent(value);
    })
  );
}

export function definedQuery(query: object = {}): Record<string, string | number | boolean> {
  const defined: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(query)) {
    if ((typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'boolean')
      defined[name] = value;
  }
  return defined;
}
