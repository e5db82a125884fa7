import type { CloseReason, EpochMs, Refusal } from '@bellwether/domain';
import type { Proposal } from '@bellwether/kernel';
import type { Untimed } from './account-binding.ts';
import { readExactly } from './account-codec.ts';
import type { InboxRow } from './account-store.ts';

type MarketFact = Extract<Untimed, { readonly fact: 'market' }>;

/** What the driver of a tape tells an account. `look`: read orders, positions and account before it is done. */
export interface MarketBody {
  readonly market_time: EpochMs;
  readonly facts: readonly Omit<MarketFact, 'fact'>[];
  readonly look: boolean;
}

/** What a row of the inbox asks for. */
export type Request =
  | { readonly kind: 'fact'; readonly fact: Untimed; readonly isHeard: boolean }
  | {
      readonly kind: 'market';
      readonly facts: readonly MarketFact[];
      readonly marketTime: EpochMs;
      readonly look: boolean;
    }
  /** Done once ledger and broker have been compared by a keeper that began after it was asked, or while its gate was shut. */
  | { readonly kind: 'reconcile' }
  | { readonly kind: 'unreadable'; readonly text: string };

/** Reads a row. `isHeard`: the machine answers by the row's key, at once or later; other facts are done when they are told. */
export function readRequest({ kind, key, body, is_overtaken }: InboxRow): Request {
  const plain = readExactly(body);
  if (typeof plain !== 'object' || plain === null) return unreadable(`expected an object, was ${typeof plain}`);
  switch (kind) {
    case 'proposal': {
      const proposal = plain as Proposal;
      if (!Array.isArray(proposal.intents) || typeof proposal.ticket?.executionId !== 'string')
        return unreadable('expected a proposal with intents and a ticket');
      const entryRefusal = is_overtaken ? DECIDED_BEFORE_RELEASE : proposal.entryRefusal;
      return { kind: 'fact', isHeard: true, fact: { fact: 'proposed', proposal: { ...proposal, key, entryRefusal } } };
    }
    case 'close': {
      const { position_id: positionId, reason } = plain as { position_id?: unknown; reason?: unknown };
      if (typeof positionId !== 'string') return unreadable('expected position_id');
      const why = typeof reason === 'string' && CLOSE_REASONS.has(reason) ? (reason as CloseReason) : 'manual';
      return { kind: 'fact', isHeard: true, fact: { fact: 'close_asked', key, positionId, reason: why } };
    }
    case 'cancel_entries': {
      const of = plain as { pipeline_id?: string | null; execution_id?: string | null; reason?: string };
      const fact = {
        fact: 'entries_canceled',
        pipelineId: of.pipeline_id ?? null,
        executionId: of.execution_id ?? null,
        reason: of.reason ?? 'canceled by hand',
      } as const;
      return { kind: 'fact', isHeard: false, fact };
    }
    case 'reconcile':
      return { kind: 'reconcile' };
    case 'market': {
      const { market_time: marketTime, facts, look } = plain as Partial<MarketBody>;
      if (typeof marketTime !== 'number' || !Array.isArray(facts)) return unreadable('expected market_time and facts');
      const told = (facts as MarketBody['facts']).map((fact) => ({ ...fact, fact: 'market' as const }));
      return { kind: 'market', facts: told, marketTime, look: look !== false };
    }
  }
}

const DECIDED_BEFORE_RELEASE: Refusal = {
  rule: 'kill_switch',
  value: null,
  threshold: null,
  distance: null,
  text: 'it was decided before a stop of trading was released; it is not traded late, the next decision is',
};

/** What may be said of a close that somebody asked for; anything else that the row says is for people. */
const CLOSE_REASONS: ReadonlySet<string> = new Set([
  'signal_exit',
  'manual',
  'eod_flatten',
  'kill_switch',
  'emergency',
  'tape_end',
] satisfies CloseReason[]);

function unreadable(text: string): Request {
  return { kind: 'unreadable', text };
}
