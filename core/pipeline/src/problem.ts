import type { PipelineEdge } from './pipeline.ts';

/** Every reason for which a document is not, or only with a warning, a plan. A code never changes. */
export const PROBLEM_CODES = [
  'not_a_document',
  'unsupported_schema_version',
  'bad_field',
  'unknown_field',
  'empty_pipeline',
  'duplicate_node_id',
  'unknown_agent',
  'unknown_agent_version',
  'system_agent',
  'bad_config',
  'unknown_config_field',
  'edge_to_unknown_node',
  'self_edge',
  'duplicate_edge',
  'edge_into_trigger',
  'cycle',
  'kinds_do_not_match',
  'missing_input',
  'no_risk_manager',
  'unreachable_node',
  'two_writers',
  'timeframe_not_fetched',
  'missing_symbol',
  'missing_connection',
  'missing_schedule',
  'bad_schedule',
  'schedule_never_meets_trigger',
  'daily_trigger_after_window',
  'instructions_unread',
  'forming_operand',
  'upgraded',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** One undoable edit of the document. */
export type DocumentEdit =
  | { readonly edit: 'set_config'; readonly nodeId: string; readonly field: string; readonly value: unknown }
  /** A new node of the type between two others; `from` null puts it before `to` only. */
  | { readonly edit: 'insert_node'; readonly agentType: string; readonly from: string | null; readonly to: string }
  | { readonly edit: 'add_edge'; readonly from: string; readonly to: string }
  | { readonly edit: 'remove_edge'; readonly from: string; readonly to: string }
  | { readonly edit: 'remove_node'; readonly nodeId: string };

export interface Fix {
  /** Imperative, for a button: "Add 15m to Market data". */
  readonly text: string;
  readonly edits: readonly DocumentEdit[];
}

export interface Problem {
  readonly code: ProblemCode;
  /** An error leaves no plan; a warning does. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly nodeId?: string;
  readonly edge?: PipelineEdge;
  /** Where in the document or in the node's config, such as `schedule_config.end_time` or `risk_fraction`. */
  readonly field?: string;
  readonly fix?: Fix;
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}
