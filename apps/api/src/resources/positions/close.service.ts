import type { CommandAcceptedWire } from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import { BellwetherError, formatInstant } from '@bellwether/domain';
import { sql, type Transaction } from 'kysely';
import type { ApiOptions } from '../../api-options.ts';
import { type Intervention, interventionNews, recordIntervention } from '../../records/intervention-record.ts';
import { engageSwitch } from '../../records/kill-switch.ts';
import { tell } from '../../records/stream-record.ts';
import { type NamedPosition, namePosition, openPositions } from './positions.store.ts';

type Tx = Transaction<Schema>;

export interface CloseRequest {
  readonly reason: string;
  readonly key: string | undefined;
}

/** Asks for positions to be closed: rows for whoever trades them, a latch against entering anew, the record of who asked and why. */
export class CloseService {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /** Closes one position. Asked again while that is under way, it is the same command. */
  async closeOne(transaction: Tx, userId: string, ref: string, request: CloseRequest): Promise<CommandAcceptedWire> {
    const named = await namePosition(transaction, userId, ref);
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`close ${named.id}`}, 0))`.execute(transaction);
    const underWay = await findUnderWay(transaction, userId, named.id);
    if (underWay !== undefined) return accepted(underWay, [named]);
    if (named.state === 'closed') throw alreadyClosed(named);
    const act: Intervention = {
      kind: 'close',
      target: named.id,
      accountId: named.account_id,
      reason: request.reason,
      key: request.key,
      body: { positions: [named.id], symbol: named.symbol, quantity: named.quantity },
    };
    const { id, isNew } = await recordIntervention(transaction, userId, act);
    if (isNew) {
      await latch(transaction, userId, [named], request.reason);
      await this.#ask(transaction, userId, id, named, 'manual');
      await tell(transaction, userId, interventionNews(id, act, this.#now()));
    }
    return accepted(id, [named]);
  }

  /** Halts everything of the user with flatten, and closes every position. */
  async closeAll(transaction: Tx, userId: string, request: CloseRequest): Promise<CommandAcceptedWire> {
    // The switch first: what opens from here on is refused, and its lock lets two clicks follow one another.
    const { news } = await engageSwitch(transaction, userId, {
      scope: 'user',
      scopeId: userId,
      flatten: true,
      reason: request.reason,
      at: this.#now(),
    });
    const open = await openPositions(transaction, userId);
    const closable = open.filter((position) => position.account_kind === 'broker' || position.session_id !== null);
    const act: Intervention = {
      kind: 'close_all',
      target: 'user',
      reason: request.reason,
      key: request.key,
      body: { positions: closable.map(({ id }) => id) },
    };
    const { id, isNew } = await recordIntervention(transaction, userId, act);
    if (isNew) {
      for (const position of closable) await this.#ask(transaction, userId, id, position, 'kill_switch');
    }
    const told = isNew ? [...news, interventionNews(id, act, this.#now())] : news;
    // Last: whoever works on an account needs the user's counter while it holds what a request to it waits for.
    for (const each of told) await tell(transaction, userId, each);
    return accepted(id, closable);
  }

  async #ask(
    transaction: Tx,
    userId: string,
    interventionId: string,
    position: NamedPosition,
    reason: 'manual' | 'kill_switch',
  ): Promise<void> {
    const body = { position_id: position.id, reason, intervention_id: interventionId };
    const key = `close ${interventionId} ${position.id}`;
    if (position.account_kind === 'simulated') {
      if (position.session_id === null) throw notPlayed(position);
      await this.#options.engine.request(userId, position.session_id, { key, kind: 'close', body }, transaction);
      return;
    }
    await transaction
      .insertInto('engine.account_inbox')
      .values({ account_id: position.account_id, user_id: userId, key, kind: 'close', body: JSON.stringify(body) })
      .execute();
  }

  #now(): string {
    return formatInstant(this.#options.now());
  }
}

/** Returns the command by which this position is being closed already, or undefined. */
async function findUnderWay(transaction: Tx, userId: string, positionId: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    SELECT m.id FROM engine.manual_interventions m JOIN engine.positions p ON p.user_id = m.user_id AND p.id = ${positionId}
     WHERE m.user_id = ${userId} AND m.kind IN ('close', 'close_all') AND m.body -> 'positions' ? p.id AND p.state <> 'closed'
       AND NOT EXISTS (SELECT 1 FROM engine.intervention_outcomes r WHERE r.intervention_id = m.id AND r.position_id = p.id)
       AND NOT EXISTS (SELECT 1 FROM engine.account_inbox i
         WHERE i.account_id = p.account_id AND i.key = 'close ' || m.id || ' ' || p.id AND i.done_at IS NOT NULL AND i.outcome <> 'taken')
       AND NOT EXISTS (SELECT 1 FROM engine.session_requests s
         WHERE s.user_id = m.user_id AND s.body ->> 'intervention_id' = m.id::text AND s.body ->> 'position_id' = p.id AND s.outcome = 'refused')
     ORDER BY m.at DESC LIMIT 1`.execute(transaction);
  return rows[0]?.id;
}

/** Nothing is opened in these symbols by these pipelines until their owner re-arms them. */
async function latch(
  transaction: Tx,
  userId: string,
  positions: readonly NamedPosition[],
  reason: string,
): Promise<void> {
  for (const { pipeline_id, symbol } of positions) {
    await sql`
      INSERT INTO engine.symbol_latches (user_id, pipeline_id, symbol, reason) VALUES (${userId}, ${pipeline_id}, ${symbol}, ${reason})
      ON CONFLICT (pipeline_id, symbol) WHERE released_at IS NULL DO NOTHING`.execute(transaction);
  }
}

function accepted(id: string, positions: readonly NamedPosition[]): CommandAcceptedWire {
  const what = positions.map(({ quantity, symbol }) =>
    Number(quantity) === 0 ? `the entry in ${symbol}` : `${Number(quantity)} ${symbol}`,
  );
  const text =
    what.length === 0
      ? 'nothing is held; entries are off'
      : `closing ${what.join(', ')}: its orders are canceled, then what is held is closed at market`;
  return { command_id: id, positions: positions.map((position) => position.id), text };
}

function alreadyClosed({ id, symbol }: NamedPosition): BellwetherError {
  return new BellwetherError(
    'conflict',
    'position/closed',
    `expected a position that is held, ${symbol} (${id}) is closed; there is nothing to close`,
  );
}

function notPlayed({ id, symbol }: NamedPosition): BellwetherError {
  return new BellwetherError(
    'conflict',
    'position/closed',
    `expected the simulated position ${symbol} (${id}) to be played by a session, its session has ended; nothing trades it any more`,
  );
}
