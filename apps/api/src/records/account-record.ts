import type { AccountRefWire, PipelineRefWire } from '@bellwether/contracts';
import { sql } from 'kysely';

/** Whose money and whose decision a row is; selected by `ACCOUNT_COLUMNS`. */
export interface AccountColumns {
  readonly account_id: string;
  readonly account_kind: AccountRefWire['kind'];
  readonly account_label: AccountRefWire['label'];
  readonly account_broker: string | null;
  readonly account_mode: AccountRefWire['trading_mode'];
  /** Of the row's pipeline, or, for an account alone, of the pipeline that it belongs to. */
  readonly pipeline_id: string | null;
  readonly pipeline_name: string | null;
}

/** Of `engine.accounts a` and `app.pipelines l`. */
export const ACCOUNT_COLUMNS = sql`
  a.id AS account_id, a.kind AS account_kind, a.label AS account_label, a.broker AS account_broker, a.trading_mode AS account_mode,
  l.id AS pipeline_id, l.name AS pipeline_name`;

export function accountRef(row: AccountColumns): AccountRefWire {
  return {
    id: row.account_id,
    kind: row.account_kind,
    label: row.account_label,
    name: accountName(row),
    trading_mode: row.account_mode,
  };
}

export function pipelineRef(row: AccountColumns): PipelineRefWire {
  return { id: row.pipeline_id ?? '', name: row.pipeline_name ?? '' };
}

function accountName(row: AccountColumns): string {
  const of = row.pipeline_name === null ? '' : ` of ${row.pipeline_name}`;
  if (row.account_kind === 'simulated') return `Simulated account${of}`;
  if (row.account_label === 'sandbox') return `Sandbox${of}`;
  const broker = row.account_broker ?? 'broker';
  return `${broker.charAt(0).toUpperCase()}${broker.slice(1)} ${row.account_label ?? ''}`;
}
