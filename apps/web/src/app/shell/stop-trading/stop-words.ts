import type { KillSwitch, KillSwitchState, OrderRecord, Pipeline } from '../../api/wire.ts';
import { formatClockMinutes, formatDayClock } from '../../design/exchange-time.ts';

export type ScopeKind = 'user' | 'account' | 'pipeline';

export interface StopScope {
  readonly scope: ScopeKind;
  /** Null for everything. */
  readonly id: string | null;
}

export interface Choice {
  readonly id: string;
  readonly name: string;
}

/** What there is to stop: entries that still work, and what protects and stays. */
export interface StopWork {
  readonly entries: number;
  readonly protective: number;
}

/** These answers come without the app's typed reads, so that a stop needs none of them; each is looked at before it is used. */
export function switchFrom(body: unknown): KillSwitch | undefined {
  return isObject(body) &&
    typeof Reflect.get(body, 'engaged_at') === 'string' &&
    isObject(Reflect.get(body, 'progress'))
    ? (body as KillSwitch)
    : undefined;
}

export function stateFrom(body: unknown): KillSwitchState | undefined {
  return isObject(body) && Array.isArray(Reflect.get(body, 'engaged')) && Array.isArray(Reflect.get(body, 'accounts'))
    ? (body as KillSwitchState)
    : undefined;
}

/** Counts the open orders of one account or one pipeline. */
export function workOf(body: unknown, { scope, id }: StopScope): StopWork | undefined {
  const items = itemsOf<OrderRecord>(body);
  if (items === undefined) return undefined;
  const mine = items.filter(
    (order) => order.is_open && (scope === 'account' ? order.account.id : order.pipeline.id) === id,
  );
  const entries = mine.filter((order) => order.purpose === 'entry').length;
  return { entries, protective: mine.length - entries };
}

export function pipelineChoices(body: unknown): readonly Choice[] | undefined {
  return itemsOf<Pipeline>(body)
    ?.filter((pipeline) => pipeline.archived_at === null)
    .sort((a, b) => Number(b.state !== 'stopped') - Number(a.state !== 'stopped'))
    .map(({ id, name, state }) => ({ id, name: state === 'stopped' ? `${name} (not running)` : name }));
}

export function accountChoices(state: KillSwitchState): readonly Choice[] {
  return state.accounts.map(({ account }) => ({ id: account.id, name: accountName(account) }));
}

export function accountName(account: KillSwitchState['accounts'][number]['account']): string {
  return account.label === 'sandbox' && !/sandbox/i.test(account.name) ? `${account.name} (sandbox)` : account.name;
}

function itemsOf<T>(body: unknown): readonly T[] | undefined {
  const items: unknown = isObject(body) ? Reflect.get(body, 'items') : undefined;
  return Array.isArray(items) ? items : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Within this the time of day says enough. */
const TODAY_MS = 12 * 3_600_000;

/** "everywhere by you, 10:41 ET: stopped by hand". */
export function switchWords({ scope, scope_name, engaged_by, engaged_at, reason }: KillSwitch, now: number): string {
  const by = scope === 'platform' ? 'the platform' : engaged_by === 'user' ? 'you' : engaged_by;
  const where = scope === 'user' ? 'everywhere' : scope === 'platform' ? 'for everybody' : `for ${scope_name}`;
  const isToday = now - Date.parse(engaged_at) < TODAY_MS;
  return `${where} by ${by}, ${isToday ? formatClockMinutes(engaged_at) : formatDayClock(engaged_at)}: ${reason}`;
}

/** Something that its owner can end. */
export interface Releasable {
  readonly scope: ScopeKind;
  readonly scopeId: string | null;
  readonly words: string;
}

/** Switches, and halts of the safety kernel; the platform's own switch is not the user's to release. */
export function releasables(state: KillSwitchState | undefined, now: number): readonly Releasable[] {
  if (state === undefined) return [];
  const switches = state.engaged.flatMap((each): Releasable[] =>
    each.scope === 'platform'
      ? []
      : [
          {
            scope: each.scope,
            scopeId: each.scope === 'user' ? null : each.scope_id,
            words: `Stopped ${switchWords(each, now)}`,
          },
        ],
  );
  const halts = state.accounts.flatMap(({ account, obstacles }) =>
    obstacles
      .filter(isHalt)
      .map(
        ({ scope, pipeline_id, text }): Releasable =>
          scope === 'pipeline'
            ? { scope, scopeId: pipeline_id, words: text }
            : { scope: 'account', scopeId: account.id, words: `${accountName(account)}: ${text}` },
      ),
  );
  return [...switches, ...halts];
}

type Obstacle = KillSwitchState['accounts'][number]['obstacles'][number];

function isHalt({ scope, cause, state }: Obstacle): boolean {
  return state === 'halted' && cause !== 'kill_switch' && (scope === 'account' || scope === 'pipeline');
}

/** What stands against entries without a switch, such as a day's loss of an account; undefined where nothing does. */
export function obstacleWords(state: KillSwitchState | undefined): string | undefined {
  const told = (state?.accounts ?? []).flatMap(({ account, obstacles }) =>
    obstacles
      .filter((each) => each.cause !== 'kill_switch' && (each.scope === 'account' || isHalt(each)))
      .map(({ text }) => `${accountName(account)}: ${text}`),
  );
  return told.length === 0 ? undefined : told.join(' · ');
}
