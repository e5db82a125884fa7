import { isBellwetherError, isTerminal } from '@bellwether/domain';
import { type AccountCommand, type AccountOrder, commandKey, mintApproved } from '@bellwether/kernel';
import type { Broker, BrokerOrderId, CancelOutcome, Instruments, SubmitOutcome } from '@bellwether/ports';
import type { WallClock } from '../feed/pace.ts';
import type { AtOwnCrashPoint, Untimed } from './account-binding.ts';
import type { BrokerLanes } from './broker-lanes.ts';

export interface CommandSettings {
  readonly broker: Broker;
  readonly instruments: Instruments;
  readonly lanes: BrokerLanes;
  readonly clock: WallClock;
  readonly clockSkew: () => Promise<number | null>;
  readonly orderOf: (clientOrderId: string) => AccountOrder | undefined;
  /** All orders of the position that an order belongs to. */
  readonly siblingsOf: (order: AccountOrder) => readonly AccountOrder[];
  /** The answer: a fact, heard in its turn. */
  readonly tell: (fact: Untimed) => void;
  /** Asks for the second transaction of an order's sending. Returns whether the order may go out. */
  readonly mayBeSent: (clientOrderId: string) => Promise<boolean>;
  /** Whether the account is certainly still ours. */
  readonly isHeld: () => Promise<boolean>;
  readonly at: AtOwnCrashPoint;
}

/**
 * What the account machine asks for ─▶ lane ─▶ broker ─▶ fact
 *
 * Invariants: each command is answered by exactly one fact, whatever the broker does; nothing is changed at the broker by a worker that has
 * lost the account; a request that was made and failed says "unknown", never "refused".
 */
export class AccountCommands {
  readonly #settings: CommandSettings;

  constructor(settings: CommandSettings) {
    this.#settings = settings;
  }

  perform(command: AccountCommand): void {
    const { lanes, mayBeSent } = this.#settings;
    switch (command.command) {
      case 'send':
        // The turn comes first, so that nothing but the request itself lies between the second transaction and the broker.
        lanes.enter(command.lane, async (turn) => {
          if (await mayBeSent(command.clientOrderId)) await this.#submit(command.clientOrderId);
          else turn.unused();
        });
        return;
      case 'submit':
        lanes.enter(command.lane, () => this.#submit(command.clientOrderId));
        return;
      case 'replace':
        lanes.enter(command.lane, () => this.#replace(command.clientOrderId));
        return;
      case 'cancel':
        lanes.enter(command.lane, () => this.#cancel(command.clientOrderId));
        return;
      case 'cancel_stray':
        lanes.enter(command.lane, () => this.#cancelStray(command.brokerOrderId));
        return;
      case 'find':
        // By our id an order is found first, and its legs with the second request.
        lanes.enter('look', () => this.#find(command.clientOrderId), { requests: 2 });
        return;
      default:
        // Of two answers to one question the older could come last, and undo the newer.
        lanes.enter(command.lane, () => this.#read(command), { alone: commandKey(command) });
        return;
    }
  }

  /** Answers a submit that is not made after all: the order surely is not at the broker, by this request at least. */
  withhold(clientOrderId: string, text: string): void {
    const outcome = { kind: 'refused', code: 'withheld', text, scope: 'order' } as const;
    this.#settings.tell({ fact: 'submitted', clientOrderId, outcome });
  }

  async #submit(clientOrderId: string): Promise<void> {
    const { broker, tell, at, orderOf, isHeld } = this.#settings;
    const order = orderOf(clientOrderId);
    const request = order?.request ?? null;
    if (order === undefined || request === null || isTerminal(order.status))
      return this.withhold(clientOrderId, 'there is nothing to send any more');
    if (!(await isHeld())) return;
    await at('K3');
    const outcome = await answered(
      () => broker.submit(mintApproved(request)),
      () => at(order.leg === 'close' ? 'K13' : 'K4'),
    );
    await at('K5');
    tell({ fact: 'submitted', clientOrderId, outcome });
    const isExit = ({ purpose, request: sent }: AccountOrder) => purpose !== 'entry' && sent !== null;
    const isBetween = (other: AccountOrder) =>
      other !== order && isExit(other) && (other.status === 'planned' || other.status === 'submitting');
    if (isExit(order) && this.#settings.siblingsOf(order).some(isBetween)) await at('K11');
  }

  async #replace(clientOrderId: string): Promise<void> {
    const { broker, tell, at, orderOf, isHeld } = this.#settings;
    const order = orderOf(clientOrderId);
    const old = order === undefined || order.replaces === null ? undefined : orderOf(order.replaces);
    const id = old?.brokerOrderId ?? null;
    const stopPrice = order?.stopPrice ?? null;
    if (id === null || stopPrice === null) {
      const cause = 'the broker number of the order to replace is not known';
      return tell({ fact: 'replaced', clientOrderId, outcome: { kind: 'unknown', cause } });
    }
    if (!(await isHeld())) return;
    const outcome = await answered(
      () => broker.replace(id as BrokerOrderId, { stopPrice }, clientOrderId),
      () => at('K12'),
    );
    tell({ fact: 'replaced', clientOrderId, outcome });
  }

  async #cancel(clientOrderId: string): Promise<void> {
    const { broker, tell, at, orderOf, isHeld } = this.#settings;
    if (!(await isHeld())) return;
    let outcome: CancelOutcome = 'unknown';
    try {
      const id = orderOf(clientOrderId)?.brokerOrderId ?? (await broker.find(clientOrderId))?.brokerOrderId;
      if (id !== undefined) {
        const answer = broker.cancel(id as BrokerOrderId);
        answer.catch(() => undefined);
        await at('K9');
        outcome = await answer;
      }
    } catch {
      outcome = 'unknown';
    }
    tell({ fact: 'cancel_answered', clientOrderId, outcome });
  }

  async #cancelStray(brokerOrderId: string): Promise<void> {
    const { broker, tell, isHeld } = this.#settings;
    if (!(await isHeld())) return;
    // Whatever is answered, the next look at the orders shows what became of it.
    await broker.cancel(brokerOrderId as BrokerOrderId).catch(() => undefined);
    tell({ fact: 'stray_canceled', brokerOrderId });
  }

  async #find(clientOrderId: string): Promise<void> {
    const { broker, tell, orderOf } = this.#settings;
    try {
      const own = orderOf(clientOrderId);
      const isLeg = own !== undefined && own.request === null && own.replaces === null;
      const order =
        isLeg && own.brokerOrderId !== null
          ? await broker.findById(own.brokerOrderId as BrokerOrderId)
          : await broker.find(clientOrderId);
      tell({ fact: 'found', clientOrderId, order });
    } catch {
      tell({ fact: 'found', clientOrderId, order: null });
    }
  }

  async #read(command: AccountCommand): Promise<void> {
    const { broker, instruments, tell, clock, clockSkew } = this.#settings;
    const askedAt = clock.now();
    try {
      switch (command.command) {
        case 'read_orders': {
          const since =
            command.since === null ? {} : { since: Temporal.Instant.fromEpochMilliseconds(Math.floor(command.since)) };
          const orders = await broker.orders({ status: 'all', ...since });
          return tell({ fact: 'orders_read', askedAt, since: command.since, orders });
        }
        case 'read_fills': {
          const fills = await broker.fills(Temporal.Instant.fromEpochMilliseconds(Math.floor(command.since)));
          return tell({ fact: 'fills_read', fills });
        }
        case 'read_positions':
          return tell({ fact: 'positions_read', askedAt, positions: await broker.positions() });
        case 'read_account': {
          const [account, skewMs] = await Promise.all([broker.account(), clockSkew()]);
          return tell({ fact: 'account_read', askedAt, account, skewMs });
        }
        case 'read_instrument': {
          const facts = (await instruments.find(command.symbol)) ?? null;
          return tell({ fact: 'instrument_read', symbol: command.symbol, facts });
        }
      }
    } catch (error) {
      const isRefused = isBellwetherError(error) && error.code === 'broker/unauthorized';
      tell({ fact: 'read_failed', what: commandKey(command), cause: causeOf(error), isRefused });
    }
  }
}

/** Makes one request and hears its answer; what goes wrong on the way leaves it unknown. `meanwhile` is called while it is out. */
async function answered(
  request: () => Promise<SubmitOutcome>,
  meanwhile: () => void | Promise<void>,
): Promise<SubmitOutcome> {
  try {
    const answer = request();
    answer.catch(() => undefined);
    await meanwhile();
    return await answer;
  } catch (error) {
    return { kind: 'unknown', cause: causeOf(error) };
  }
}

export function causeOf(error: unknown): string {
  if (isBellwetherError(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
