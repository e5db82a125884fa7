import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '@bellwether/durable/testing';
import type { FaultSettings, SandboxTruth } from '@bellwether/sandbox/control';
import type { AccountRig } from './account-rig.ts';
import { isLive, type OwnOrder, type PaperAccount, type Proposed } from './paper-account.ts';

export type SwitchScope = 'user' | 'account' | 'pipeline';

/** What goes wrong with one entry shortly before the click, so that nobody knows what became of it. */
export const ENTRY_FAULTS = {
  none: {},
  'never taken': { http_5xx_before_accept: { count: 1 } },
  'taken, answered 504': { http_5xx_after_accept: { count: 1 } },
  'taken, reply dropped': { drop_reply_after_accept: { count: 1 } },
  'taken, not shown at first': { drop_reply_after_accept: { count: 1 }, hidden_for_ms: { count: 1, ms: 2_500 } },
  'taken late': { late_accept_ms: { count: 1, ms: 3_000 } },
} as const satisfies Readonly<Record<string, FaultSettings>>;
export type EntryFault = keyof typeof ENTRY_FAULTS;

export interface RoundPlan {
  readonly seed: number;
  readonly scope: SwitchScope;
  readonly fault: EntryFault;
  /** Looks for late entries only: one is enough. */
  readonly isControl: boolean;
  /** Draws from 0 to 1. */
  readonly chance: () => number;
}

export interface RoundResult {
  readonly failures: readonly string[];
  /** From the click: the last entry that was sent, when the last entry was gone, when the account said no for the first time. */
  readonly lastPostMs: number;
  readonly canceledMs: number;
  /** Entries sent before the click, and proposals that were refused for it. */
  readonly sent: number;
  readonly refused: number;
  /** An entry stayed unknown, and the account shut. */
  readonly isHeldBack: boolean;
}

/** Of "Done when" 5: no new order, and none that works. */
export const POST_LIMIT_MS = 2_000;
export const CANCEL_LIMIT_MS = 10_000;

const PIPELINES = 3;
/** A 503 while the database is away is an honest answer; the click that counts is the one that was taken. */
const CLICK_AGAIN_MS = 50;
/** Another worker takes over within 7 s, and looks for an entry that nobody knows for 8.75 s. */
const RECONCILED_LIMIT_MS = 40_000;
/** A proposal is heard within half a second. */
const REFUSAL_LIMIT_MS = 8_000;
/** Until a pass has ended clean. */
const RELEASE_LIMIT_MS = 20_000;

/**
 * An account with positions under stops, entries that work and one of which nobody knows, proposals coming in all the time; then the click.
 *
 * What it is held against is the sandbox's own record of requests, by the clock of this machine.
 */
export class KillSwitchRound {
  readonly #plan: RoundPlan;
  readonly #account: PaperAccount;
  readonly #proposed: Proposed[] = [];
  readonly #failures: string[] = [];
  readonly #held: string[];
  #stop = new AbortController();
  #feeding: Promise<void> = Promise.resolve();

  private constructor(plan: RoundPlan, account: PaperAccount, held: string[]) {
    this.#plan = plan;
    this.#account = account;
    this.#held = held;
  }

  /** Opens the account and two positions on it. */
  static async prepare(rig: AccountRig, plan: RoundPlan): Promise<KillSwitchRound> {
    const account = await rig.openAccount(PIPELINES);
    const held = [account.newSymbol(), account.newSymbol()];
    await Promise.all(held.map((symbol, i) => account.hold(account.pipelines[i] as string, symbol)));
    return new KillSwitchRound(plan, account, held);
  }

  /** Has proposals come in until the round ends. */
  begin(): void {
    this.#feeding = this.#feed(this.#stop.signal);
  }

  /** Clicks, watches, releases, watches again. `clickAt` is an instant of `performance.now()`. */
  async play(clickAt: number): Promise<RoundResult> {
    const { fault, scope, chance } = this.#plan;
    const until = (at: number) => wait(Math.max(0, at - performance.now()));
    await until(clickAt - 100 - chance() * 500);
    await this.#account.control.faults(ENTRY_FAULTS[fault]);
    await until(clickAt);
    const clickedAt = await this.#click();
    const canceledMs = this.#plan.isControl ? 0 : await this.#watchCancels(clickedAt);
    await wait(Math.max(0, clickedAt + POST_LIMIT_MS + 800 - Date.now()));
    // While one entry stays unknown to a worker that came anew, nothing at all is opened, nor may anybody release.
    const isHeldBack = this.#plan.isControl || (await this.#isHeldBack());
    const refused = isHeldBack ? 0 : await this.#expectRefusals(clickedAt);
    const truth = await this.#account.truth();
    const orders = await this.#account.orders();
    const entries = this.#entryPosts(truth, orders);
    const concerned = entries.filter(({ order }) => this.#isInScope(order.pipelineId));
    const lastPostMs = Math.max(Number.NEGATIVE_INFINITY, ...concerned.map(({ at }) => at - clickedAt));
    if (lastPostMs > POST_LIMIT_MS) this.#fail(`an entry was sent ${lastPostMs} ms after the click`);
    if (canceledMs > CANCEL_LIMIT_MS) this.#fail(`an entry still worked ${canceledMs} ms after the click`);
    if (scope === 'pipeline' && !isHeldBack) await this.#expectOthersToGoOn(clickedAt);
    await this.#expectProtection(truth);
    if (!isHeldBack) await this.#release(clickedAt);
    const sent = concerned.filter(({ at }) => at < clickedAt).length;
    return { failures: this.#failures, lastPostMs, canceledMs, sent, refused, isHeldBack };
  }

  get #isFaultSlow(): boolean {
    return this.#plan.fault === 'never taken' || this.#plan.fault === 'taken, not shown at first';
  }

  async #feed(signal: AbortSignal): Promise<void> {
    const { chance } = this.#plan;
    const account = this.#account;
    while (!signal.aborted) {
      const pipelineId = account.pipelines[Math.floor(chance() * PIPELINES)] as string;
      const symbol = account.newSymbol();
      try {
        // Most entries rest; some would buy at once and are then held.
        const isQuoted = chance() < 0.15;
        if (isQuoted) await account.quote(symbol);
        this.#proposed.push(await account.propose({ pipelineId, symbol, type: isQuoted ? 'market' : 'limit' }));
        if (isQuoted) this.#held.push(symbol);
      } catch {
        // The database is away: a session would hand it in later.
        if (signal.aborted) return;
      }
      await wait(60 + chance() * 180);
    }
  }

  async #click(): Promise<number> {
    for (;;) {
      const before = Date.now();
      try {
        const { status } = await this.#account.ask('POST', '/safety/kill-switch', { ...this.#scope, reason: 'enough' });
        if (status === 200) return before;
        if (status !== 503) throw new Error(`expected the switch to be engaged or a 503, was ${status}`);
      } catch (error) {
        if (error instanceof Error && error.message.startsWith('expected')) throw error;
      }
      await wait(CLICK_AGAIN_MS);
    }
  }

  get #scope() {
    const { scope } = this.#plan;
    if (scope === 'user') return { scope };
    return { scope, scope_id: scope === 'account' ? this.#account.id : (this.#account.pipelines[0] as string) };
  }

  #isInScope(pipelineId: string): boolean {
    return this.#plan.scope !== 'pipeline' || pipelineId === this.#account.pipelines[0];
  }

  /** Returns when the broker had no entry of the scope left that could still buy. One that it takes late counts when it is there. */
  async #watchCancels(clickedAt: number): Promise<number> {
    const leastMs = this.#plan.fault === 'taken late' ? 3_600 : 0;
    let goneAt: number | null = null;
    for (;;) {
      const [truth, ids] = await Promise.all([this.#account.truth(), this.#entryIds()]);
      const now = Date.now();
      const isLeft = truth.orders.some((order) => isLive(order) && ids.has(order.client_order_id));
      if (isLeft) goneAt = null;
      else goneAt ??= now;
      if (goneAt !== null && now - clickedAt >= leastMs) return goneAt - clickedAt;
      if (now - clickedAt > CANCEL_LIMIT_MS + 2_000) return now - clickedAt;
      await wait(50);
    }
  }

  async #entryIds(): Promise<ReadonlySet<string>> {
    const orders = await this.#account.orders();
    const inScope = orders.filter(({ leg, pipelineId }) => leg === 'entry' && this.#isInScope(pipelineId));
    return new Set(inScope.map(({ id }) => id));
  }

  #entryPosts(truth: SandboxTruth, orders: readonly OwnOrder[]) {
    const byId = new Map(orders.map((order) => [order.id, order]));
    return truth.posts.flatMap(({ method, at, client_order_id: id }) => {
      if (method !== 'POST' || id === null) return [];
      const order = byId.get(id);
      if (order === undefined) this.#fail(`expected every order at the broker in the ledger, ${id} of ${at} is not`);
      return order?.leg === 'entry' ? [{ order, at: Date.parse(at) }] : [];
    });
  }

  async #isHeldBack(): Promise<boolean> {
    return eventually(
      async () => {
        const { rows } = await this.#account.query<{ open: boolean; holder: string | null; unknown: boolean }>(
          `SELECT a.gate_open AND a.lease_expires_at > now() AS open, a.lease_holder AS holder, EXISTS (
             SELECT 1 FROM engine.orders o WHERE o.account_id = a.id AND o.state = 'quarantined') AS unknown
           FROM engine.accounts a WHERE a.id = $1`,
          [this.#account.id],
        );
        // What a dead worker wrote of its gate stands until somebody takes over.
        if (!isAlive(rows[0]?.holder)) return undefined;
        if (rows[0]?.open === true) return { held: false };
        return rows[0]?.unknown === true ? { held: true } : undefined;
      },
      'the account to be reconciled, or to wait for an entry that nobody knows',
      RECONCILED_LIMIT_MS,
    ).then(
      ({ held }) => held,
      async (error: unknown) => {
        this.#fail(`${String(error)}: ${await this.#account.lastPass()}`);
        return true;
      },
    );
  }

  async #expectRefusals(clickedAt: number): Promise<number> {
    const late = () =>
      this.#proposed.filter(({ at, pipelineId }) => at > clickedAt + 500 && this.#isInScope(pipelineId));
    await eventually(async () => late().length > 0 || undefined, 'a proposal after the click');
    let refused = 0;
    for (const { executionId } of late()) {
      const asked = () => this.#account.refusalOf(executionId);
      const rule = await eventually(asked, 'a refusal', REFUSAL_LIMIT_MS).catch(() => undefined);
      if (rule !== 'kill_switch')
        this.#fail(`expected a proposal to be refused by kill_switch, was ${rule ?? 'no refusal'}`);
      else refused += 1;
      if (rule === undefined) break;
    }
    return refused;
  }

  async #expectOthersToGoOn(clickedAt: number): Promise<void> {
    await eventually(
      async () => {
        const posts = this.#entryPosts(await this.#account.truth(), await this.#account.orders());
        const isOther = ({ order, at }: (typeof posts)[number]) =>
          !this.#isInScope(order.pipelineId) && at > clickedAt + POST_LIMIT_MS;
        return posts.find(isOther);
      },
      'the other pipelines to go on',
      REFUSAL_LIMIT_MS,
    ).catch((error: unknown) => this.#fail(String(error)));
  }

  /** Stops rest under all that is held, and none that was held lost its own. */
  async #expectProtection(before: SandboxTruth): Promise<void> {
    await wait(300);
    const naked = (truth: SandboxTruth) => new Map(Object.entries(truth.naked_share_seconds_by_symbol));
    const [then, now] = [naked(before), naked(await this.#account.truth())];
    for (const { symbol, qty } of before.positions) {
      const grown = (now.get(symbol)?.wall ?? 0) - (then.get(symbol)?.wall ?? 0);
      if (grown > 0) this.#fail(`${qty} ${symbol} are held without a stop`);
    }
    for (const symbol of this.#held.slice(0, 2)) {
      const stop = before.orders.find((order) => order.symbol === symbol && order.type === 'stop');
      if (stop === undefined || !isLive(stop))
        this.#fail(`expected the stop of ${symbol} to stay, was ${stop?.status}`);
    }
  }

  /** Releases as its user does, and sees that nothing of before comes back while something new is let through. */
  async #release(clickedAt: number): Promise<void> {
    const account = this.#account;
    const body = { ...this.#scope, reason: 'enough seen' };
    const refused = await account.ask('DELETE', '/safety/kill-switch', body);
    if (refused.status !== 403) this.#fail(`expected a release to need the password, was ${refused.status}`);
    await account.stepUp();
    const old = this.#proposed.length;
    let answer = refused;
    const released = await eventually(
      async () => {
        answer = await account.ask('DELETE', '/safety/kill-switch', body);
        return answer.status === 200 ? Date.now() : undefined;
      },
      'a release',
      RELEASE_LIMIT_MS,
    ).catch(() => undefined);
    if (released === undefined)
      return this.#fail(`expected a release, was ${JSON.stringify(answer.body)} after ${await account.lastPass()}`);
    // An order of which nobody knows is looked for over 8.75 s; only then it would be sent again.
    if (this.#isFaultSlow) await wait(Math.max(0, clickedAt + 10_000 - Date.now()));
    const isNew = ({ pipelineId }: Proposed, i: number) => i > old && this.#isInScope(pipelineId);
    const again = await eventually(
      async () => {
        const ids = new Set(this.#proposed.filter(isNew).map(({ executionId }) => executionId));
        const posts = this.#entryPosts(await account.truth(), await account.orders());
        return posts.find(({ order }) => ids.has(order.executionId));
      },
      'an entry to be let through after the release',
      20_000,
    ).catch((error: unknown) => void this.#fail(String(error)));
    if (again === undefined) return;
    const before = await account.heardBeforeRelease();
    const orders = await account.orders();
    for (const { order, at } of this.#entryPosts(await account.truth(), orders))
      if (at > released && before.has(order.executionId) && this.#isInScope(order.pipelineId))
        this.#fail(`an entry of before the release was sent ${at - released} ms after it`);
  }

  /** Ends the proposals. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#feeding;
  }

  #fail(text: string): void {
    const { seed, scope, fault } = this.#plan;
    const told = `seed ${seed}, ${scope}, ${fault}: ${text}`;
    if (!this.#failures.includes(told)) this.#failures.push(told);
  }
}

/** Whether the worker that holds an account still runs: its name begins with its process id. */
function isAlive(holder: string | null | undefined): boolean {
  try {
    return process.kill(Number.parseInt(holder ?? '', 10), 0);
  } catch {
    return false;
  }
}
