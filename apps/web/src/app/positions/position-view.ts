import type { AccountRef, HeldPosition, Position, PositionGroupTotals, Protection } from '../api/wire.ts';
import { formatClockMinutes, formatDay, formatDayClock } from '../design/exchange-time.ts';
import { formatDuration, formatQuantity, signClass, signOf } from '../design/format.ts';
import type { LadderPrices } from '../design/ladder-bar/ladder-scale.ts';
import type { Mode } from '../design/mode-badge.ts';

export type ProtectionTone = 'good' | 'warning' | 'bad' | 'waiting' | 'quiet';

export interface ProtectionView {
  readonly tone: ProtectionTone;
  readonly words: string;
  /** Short, for a row. */
  readonly lines: readonly string[];
  /** Whole, for a page. */
  readonly details: readonly string[];
}

/** One row as the screen shows it; all numbers are the server's. */
export interface PositionView {
  readonly id: string;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly state: Position['state'];
  readonly mode: Mode;
  readonly accountKey: string;
  readonly accountName: string;
  /** "Sandbox" stands on every account that is one. */
  readonly accountLabel: string | undefined;
  readonly quantity: string;
  readonly intendedQuantity: string;
  readonly isPartial: boolean;
  readonly averageEntry: string | null;
  readonly last: { readonly price: string | null; readonly age: string; readonly isStale: boolean };
  readonly unrealizedPnl: string | null;
  readonly unrealizedPct: number | null;
  readonly unrealizedR: number | null;
  readonly pnlClass: 'gain' | 'loss' | '';
  readonly ladder: LadderPrices;
  readonly protection: ProtectionView;
  readonly flags: readonly string[];
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly openedAt: string | null;
  readonly closeCommandId: string | null;
  /** Closed from this tab, and shown until the reader is done with it. */
  readonly isGone: boolean;
}

/** The positions of one account in one mode; nothing is ever summed across. */
export interface PositionGroup {
  readonly key: string;
  readonly name: string;
  readonly label: string | undefined;
  readonly mode: Mode;
  readonly open: number;
  readonly unrealizedPnl: string | null;
  readonly realizedPnl: string | null;
  readonly marketValue: string | null;
  readonly pnlClass: 'gain' | 'loss' | '';
  readonly naked: string | null;
  readonly isNaked: boolean;
  readonly positions: readonly PositionView[];
}

const STALE_AFTER_MS = 5000;
const DAY_MS = 86_400_000;

const FLAGS: Readonly<Record<string, string>> = {
  halted: 'halted at the exchange',
  drift: 'differs from the broker',
  suspended: 'suspended',
  t1_done: 'target 1 done',
  breakeven_done: 'stop at break-even',
};

/** "4 s ago"; a price of another day by its date, because a recording is not old but past. */
export function ageOf(at: string | null, now: number): { readonly age: string; readonly isStale: boolean } {
  if (at === null) return { age: 'no price yet', isStale: false };
  const age = now - Date.parse(at);
  if (Math.abs(age) > DAY_MS) return { age: formatDay(at), isStale: false };
  return { age: age < 1000 ? 'now' : `${formatDuration(age)} ago`, isStale: age > STALE_AFTER_MS };
}

export function protectionOf(
  protection: Protection,
  { quantity, initial_stop, account, state }: Pick<HeldPosition, 'quantity' | 'initial_stop' | 'account' | 'state'>,
): ProtectionView {
  const { stop_since, covered, naked, naked_share_seconds, armed, text } = protection;
  const hasBeenNaked = signOf(naked_share_seconds) === 1;
  const nakedFor = `${formatQuantity(naked_share_seconds)} naked share-seconds`;
  const details = [
    ...(text === '' ? [] : [text]),
    ...(stop_since === null ? [] : [`Stop since ${formatDayClock(stop_since)}`]),
    ...(hasBeenNaked ? [`${nakedFor} so far`] : ['Never unprotected']),
  ];
  if (signOf(quantity) === 0)
    return { tone: 'quiet', words: state === 'closed' ? 'No shares left' : 'No shares yet', lines: [], details };
  if (signOf(naked) === 1 && initial_stop === null)
    return { tone: 'warning', words: 'No stop planned', lines: [], details };
  if (signOf(naked) === 1) {
    const words = naked === quantity ? 'Unprotected' : `${formatQuantity(naked)} unprotected`;
    return { tone: 'bad', words, lines: hasBeenNaked ? [nakedFor] : [], details };
  }
  const lines = [
    `${formatQuantity(covered)} of ${formatQuantity(quantity)} ${stop_since === null ? 'shares' : `since ${formatClockMinutes(stop_since)}`}`,
    ...(hasBeenNaked ? [nakedFor] : []),
  ];
  if (!armed) return { tone: 'waiting', words: 'Stop set, does not act now', lines, details };
  return { tone: 'good', words: account.kind === 'simulated' ? 'Simulated stop' : 'Stop at broker', lines, details };
}

/** `now` is the server's time. */
export function positionView(held: HeldPosition, now: number): PositionView {
  return {
    id: held.id,
    symbol: held.symbol,
    side: held.side,
    state: held.state,
    mode: held.account.trading_mode,
    accountKey: held.account.id,
    accountName: held.account.name,
    accountLabel: labelOf(held.account),
    quantity: held.quantity,
    intendedQuantity: held.intended_quantity,
    isPartial: held.quantity !== held.intended_quantity,
    averageEntry: held.average_entry,
    last: { price: held.last_price, ...ageOf(held.last_price_at, now) },
    unrealizedPnl: held.unrealized_pnl,
    unrealizedPct: held.unrealized_pct,
    unrealizedR: held.unrealized_r,
    pnlClass: signClass(held.unrealized_pnl),
    ladder: ladderOf(held),
    protection: protectionOf(held.protection, held),
    flags: held.flags.map((flag) => FLAGS[flag] ?? flag.replaceAll('_', ' ')),
    pipelineId: held.pipeline.id,
    pipelineName: held.pipeline.name,
    openedAt: held.opened_at,
    closeCommandId: held.close_command_id,
    isGone: false,
  };
}

export function ladderOf(position: Position): LadderPrices {
  return {
    side: position.side,
    entry: position.average_entry,
    stop: position.stop,
    initialStop: position.initial_stop,
    target1: position.target_1,
    target2: position.target_2,
    last: position.last_price,
  };
}

function labelOf(account: AccountRef): string | undefined {
  return account.label === 'sandbox' ? 'Sandbox' : undefined;
}

/** Groups rows by account, in the order of the server's totals; rows whose account has no totals yet come after. */
export function groupPositions(
  rows: readonly PositionView[],
  totals: readonly PositionGroupTotals[],
): readonly PositionGroup[] {
  const groups = new Map<string, PositionGroup>();
  for (const total of totals) {
    const positions = rows.filter((row) => row.accountKey === total.account.id);
    if (positions.length === 0) continue;
    groups.set(total.account.id, {
      key: total.account.id,
      name: total.account.name,
      label: labelOf(total.account),
      mode: total.account.trading_mode,
      open: total.open,
      unrealizedPnl: total.unrealized_pnl,
      realizedPnl: total.realized_pnl,
      marketValue: total.market_value,
      pnlClass: signClass(total.unrealized_pnl),
      naked: total.naked,
      isNaked: signOf(total.naked) === 1,
      positions,
    });
  }
  for (const row of rows) {
    if (groups.has(row.accountKey)) continue;
    groups.set(row.accountKey, {
      key: row.accountKey,
      name: row.accountName,
      label: row.accountLabel,
      mode: row.mode,
      open: 0,
      unrealizedPnl: null,
      realizedPnl: null,
      marketValue: null,
      pnlClass: '',
      naked: null,
      isNaked: false,
      positions: rows.filter((other) => other.accountKey === row.accountKey),
    });
  }
  return [...groups.values()];
}
