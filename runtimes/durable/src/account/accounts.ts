import { type EpochMs, MINUTE_MS } from '@bellwether/domain';
import { AccountMachine, riskGate, type SafetyMemory, SafetyMonitor } from '@bellwether/kernel';
import type pg from 'pg';
import type { EventCodec } from '../engine/event-codec.ts';
import type { Digests } from '../feed/digests.ts';
import type { WallClock } from '../feed/pace.ts';
import type { AccountBinding, AtCrashPoint, BrokerFor, MindOf } from './account-binding.ts';
import { causeOf } from './account-commands.ts';
import { AccountKeeper } from './account-keeper.ts';
import { AccountStore, type HeldAccount } from './account-store.ts';
import { AccountWriter } from './account-writer.ts';
import { keeperFailure } from './keeper-failure.ts';
import { openBinding } from './open-binding.ts';

export interface AccountsSettings {
  readonly pool: pg.Pool;
  readonly codec: EventCodec;
  readonly clock: WallClock;
  readonly sha256: Digests;
  /** Names this installation in client order ids. */
  readonly installation: string;
  /** Names this process in leases. */
  readonly holder: string;
  readonly log: (line: string, facts?: Readonly<Record<string, unknown>>) => void;
  readonly brokerFor: BrokerFor;
  /** How many accounts are worked on at once. */
  readonly most?: number;
  /** Stands at the named moments, for dying at one. */
  readonly at?: AtCrashPoint;
  /** Another machine than the account machine: for tests. */
  readonly mindOf?: MindOf;
}

const accountMachine: MindOf = (settings, { memory, positions, known }) => {
  const monitor = new SafetyMonitor(settings.limits, memory?.counters as SafetyMemory | undefined);
  return new AccountMachine(settings, monitor, memory === null ? undefined : { memory, positions, known });
};

/** A lease runs 5 s and is looked for each second: protection is taken over within 7 s. */
const LOOK_EVERY_MS = 1_000;
const NUDGED_LOOK_MS = 15;
const NUDGED_LOOKS = 40;
const MOST_ACCOUNTS = 200;
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = MINUTE_MS;
/** Of an account with open positions, or of which it is not known. */
const LONGEST_UNATTENDED_BACKOFF_MS = 5_000;
/** So long without a keeper somebody is told. */
const UNATTENDED_MS = 10_000;

interface Kept {
  keeper: AccountKeeper | null;
  readonly done: Promise<void>;
}

/**
 * free accounts ─▶ take ─▶ keep ─▶ release, or mark as broken
 *
 * Invariants: an account has one holder (its row says who, for 5 s on the database clock); one whose broker cannot be reached is tried again, by
 * whoever is next, and somebody is told when that takes long; one whose rows refuse what its machine decided is worked on by nobody until it is
 * released; whoever stops lets go.
 */
export class Accounts {
  readonly #settings: AccountsSettings;
  readonly #store: AccountStore;
  readonly #kept = new Map<string, Kept>();
  /** Accounts that could not be kept, and when they are tried again. */
  readonly #later = new Map<string, { readonly at: EpochMs; readonly failures: number }>();
  /** Since when accounts have been tried in vain. */
  readonly #unattended = new Map<string, EpochMs>();
  readonly #stop = new AbortController();
  #nudges = 0;
  #wakeLoop: () => void = () => undefined;
  readonly #loop: Promise<void>;

  constructor(settings: AccountsSettings) {
    this.#settings = settings;
    this.#store = new AccountStore(settings.pool, settings.holder);
    this.#loop = this.#look();
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Something was asked of an account, or is about to be. */
  nudge(): void {
    this.#nudges = NUDGED_LOOKS;
    for (const { keeper } of this.#kept.values()) keeper?.poke();
    this.#wakeLoop();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wakeLoop();
    await this.#loop;
    await Promise.all([...this.#kept.values()].map(({ done }) => done));
  }

  async #look(): Promise<void> {
    const { clock, log, most = MOST_ACCOUNTS } = this.#settings;
    while (!this.#stop.signal.aborted) {
      try {
        const room = most - this.#kept.size;
        for (const id of room > 0 ? await this.#store.findFree(room) : []) if (this.#isDue(id)) this.#take(id);
      } catch (error) {
        log(`looking for accounts failed: ${causeOf(error)}`);
      }
      this.#nudges = Math.max(0, this.#nudges - 1);
      const pause = new AbortController();
      this.#wakeLoop = () => pause.abort();
      if (this.#stop.signal.aborted) return;
      await clock.waitUntil(clock.now() + (this.#nudges > 0 ? NUDGED_LOOK_MS : LOOK_EVERY_MS), pause.signal);
    }
  }

  #isDue(id: string): boolean {
    return !this.#kept.has(id) && (this.#later.get(id)?.at ?? 0) <= this.#settings.clock.now();
  }

  #take(id: string): void {
    const kept: Kept = { keeper: null, done: Promise.resolve().then(() => this.#hold(id, kept)) };
    this.#kept.set(id, kept);
    void kept.done.finally(() => this.#kept.delete(id));
  }

  async #hold(id: string, kept: Kept): Promise<void> {
    const { log } = this.#settings;
    let held: HeldAccount | undefined;
    try {
      held = await this.#store.take(id);
      if (held === undefined) return;
      await this.#keep(held, kept);
      this.#later.delete(id);
      await this.#store.release(id, held.fence);
    } catch (error) {
      await this.#failed(id, held, kept.keeper, error).catch((failure: unknown) =>
        log(`an account could not be let go and waits for its lease to run out: ${causeOf(failure)}`, {
          account_id: id,
        }),
      );
    }
  }

  async #keep(held: HeldAccount, kept: Kept): Promise<void> {
    const { brokerFor, mindOf = accountMachine, at = () => undefined } = this.#settings;
    const { installation, sha256, pool, codec, clock, log } = this.#settings;
    if (!this.#unattended.has(held.id)) this.#unattended.set(held.id, clock.now());
    const binding: AccountBinding = await openBinding({
      open: () => brokerFor(held),
      renew: () => this.#store.renew(held.id, held.fence),
      waiting: () => this.#tellUnattended(held, 'its broker has not answered yet'),
      clock,
      log,
      signal: this.#stop.signal,
    });
    try {
      const { capabilities, limits, sessionAt, exchangeDay } = binding;
      const settings = { installation, account: held.id, sha256: sha256.base64url, gate: riskGate };
      const mind = mindOf({ ...settings, capabilities, limits, sessionAt, exchangeDay }, held);
      const prices = new Map<string, number>();
      const writer = new AccountWriter({
        pool,
        account: held,
        fence: held.fence,
        codec,
        now: () => clock.now(),
        sha256Hex: sha256.hex,
        lastPrice: (symbol) => prices.get(symbol) ?? Number.NaN,
        isShared: limits.symbolSharing === 'shared',
      });
      kept.keeper = new AccountKeeper({
        held,
        binding,
        mind,
        store: this.#store,
        writer,
        prices,
        clock,
        log,
        at: (point) => at(point, held.id),
      });
      this.#unattended.delete(held.id);
      const outcome = await kept.keeper.keep(this.#stop.signal);
      log(`account ${outcome}`, { account_id: held.id });
    } finally {
      await binding.close?.();
    }
  }

  async #failed(
    id: string,
    held: HeldAccount | undefined,
    keeper: AccountKeeper | null,
    error: unknown,
  ): Promise<void> {
    const { log, clock } = this.#settings;
    const failures = (this.#later.get(id)?.failures ?? 0) + 1;
    const longest = held === undefined || hasShares(held) ? LONGEST_UNATTENDED_BACKOFF_MS : LONGEST_BACKOFF_MS;
    const pause = Math.min(longest, FIRST_BACKOFF_MS * 2 ** (failures - 1));
    const facts = { account_id: id };
    switch (keeperFailure(error)) {
      case 'lost':
        log('account let go: somebody else holds it, or a new session begins it anew', facts);
        return;
      case 'failed':
        this.#later.set(id, { at: clock.now() + pause, failures });
        log(`account failed and is tried again: ${causeOf(error)}`, facts);
        if (held === undefined) return;
        if (!this.#stop.signal.aborted) await this.#tellUnattended(held, causeOf(error));
        await this.#store.release(id, held.fence);
        return;
      case 'broken': {
        log(`account halted, its ledger and its machine do not agree: ${causeOf(error)}`, facts);
        if (held === undefined) return;
        const text = `what was decided could not be written, and nothing more is done on this account until somebody has looked: ${causeOf(error)}`;
        await this.#store.break(held, held.fence, text, keeper?.pendingRequests ?? []);
        return;
      }
    }
  }

  /** Nobody watches what the account holds: its user hears of it, once until it has a keeper or ten minutes have passed. */
  async #tellUnattended(held: HeldAccount, cause: string): Promise<void> {
    const since = this.#unattended.get(held.id);
    if (since === undefined || this.#settings.clock.now() - since < UNATTENDED_MS) return;
    const isHolding = hasShares(held);
    const what = isHolding
      ? 'nobody can watch its positions; their stops rest at the broker'
      : 'what was asked of it waits';
    await this.#store.alert(
      held,
      isHolding ? 'page' : 'alarm',
      UNATTENDED,
      `the broker does not open: ${cause}; ${what}`,
    );
  }
}

const UNATTENDED = 'account_unattended';

function hasShares({ positions }: HeldAccount): boolean {
  return positions.some(({ status }) => status !== 'closed');
}
