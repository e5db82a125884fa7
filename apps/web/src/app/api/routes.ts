import type { EventPage, LiveEvent } from './live-event.ts';
import type {
  AgentMetadata,
  Bars,
  Execution,
  MarketSession,
  Page,
  Pipeline,
  PipelineDetail,
  PipelineDocument,
  PipelineVersion,
  PipelineVersionDetail,
  Report,
  ReportRow,
  ServerStatus,
  Tape,
  Template,
  Trade,
  User,
} from './wire.ts';

export const API_BASE = '/api/v1';

/** Every path the app reads, with its answer. A path outside this table does not compile. */
export interface Reads {
  '/auth/me': { readonly user: User };
  '/status': ServerStatus;
  '/market/session': MarketSession;
  '/market/bars': Bars;
  '/agents': { readonly items: readonly AgentMetadata[] };
  '/pipelines': Page<Pipeline>;
  '/pipelines/templates': { readonly items: readonly Template[] };
  '/pipelines/{id}': PipelineDetail;
  '/pipelines/{id}/versions': { readonly items: readonly PipelineVersion[] };
  '/pipelines/{id}/versions/{version}': PipelineVersionDetail;
  '/tapes': { readonly items: readonly Tape[] };
  '/executions': Page<Execution>;
  '/executions/{id}': Execution;
  '/executions/{id}/journal': Page<LiveEvent>;
  '/trades': Page<Trade>;
  '/reports': Page<ReportRow>;
  '/reports/{id}': Report;
  '/events': EventPage;
}

/** Every write, with what is sent and what comes back. */
export interface Writes {
  'POST /auth/login': { body: { email: string; password: string }; answer: { readonly user: User } };
  'POST /auth/logout': { body: null; answer: unknown };
  'POST /pipelines': { body: PipelineDocument; answer: PipelineDetail };
  'POST /pipelines/{id}/run': {
    body: { source: { kind: 'demo_tape'; tape_id?: string; speed?: number } };
    answer: { readonly execution_id: string };
  };
  'POST /pipelines/{id}/start': {
    body: { source?: { kind: 'demo_tape'; tape_id?: string; speed?: number } };
    answer: Pipeline;
  };
  'POST /pipelines/{id}/stop': { body: null; answer: Pipeline };
  'POST /executions/{id}/cancel': { body: { reason?: string }; answer: unknown };
}

export interface RequestParams {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
}

/** Fills the braces of a path; a missing value is a bug of the caller. */
export function fillPath(template: string, path: RequestParams['path'] = {}): string {
  return (
    API_BASE +
    template.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = path[name];
      if (value === undefined) throw new Error(`expected a value for {${name}} in ${template}, was none`);
      return encodeURIComponent(value);
    })
  );
}

export function definedQuery(query: RequestParams['query'] = {}): Record<string, string | number> {
  const defined: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') defined[name] = value;
  return defined;
}
