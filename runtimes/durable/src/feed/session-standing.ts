import type { CloseReason } from '@bellwether/domain';
import { refuseByStanding, type Standing, type StandingState, standingOf } from '@bellwether/kernel';
import type { PlayMarket } from './play-market.ts';
import type { HeldSession, SessionRequest } from './session-store.ts';
import type { SessionWriter } from './session-writer.ts';

/** What others may do to a session's desk: whoever engages a kill switch, and its user by hand. */
export class SessionStanding {
  readonly #held: HeldSession;
  readonly #market: PlayMarket;
  readonly #writer: SessionWriter;
  #text: string | null = null;
  #shown: string | null = null;

  constructor(held: HeldSession, market: PlayMarket, writer: SessionWriter) {
    this.#held = held;
    this.#market = market;
    this.#writer = writer;
  }

  /** What stands against entries, in words; null when nothing does. */
  get text(): string | null {
    return this.#text;
  }

  /** Whether what stands has changed since it was last written down. */
  get isNews(): boolean {
    return this.#text !== this.#shown;
  }

  written(): void {
    this.#shown = this.#text;
  }

  /** Kill switches and latches: nothing is opened, what works is canceled, and what is held is closed when that was asked for. */
  obey(standing: Standing): void {
    const { session, place } = this.#market;
    const { pipelineId } = this.#held;
    session.setStanding((symbol) => refuseByStanding(standing, pipelineId, symbol));
    const state = standingOf(standing, pipelineId);
    this.#text = textOf(state, standing.accountCause);
    // A broker account's keeper does the rest for every pipeline of the account, also while none is played.
    if (state !== 'halted' || place.kind === 'account') return;
    session.desk.cancelEntries(null, 'kill_switch', session.now);
    const { flatten } = standing;
    if (flatten !== 'account' && !(flatten !== 'none' && flatten.includes(pipelineId))) return;
    for (const { symbol } of [...session.desk.openPositions()])
      session.desk.requestClose(symbol, 'kill_switch', session.now);
  }

  /** Something that a user asks of the desk by hand. */
  answer({ id, kind, body }: SessionRequest): void {
    if (this.#writer.hasAnswered(id)) return;
    const { session } = this.#market;
    if (kind === 'cancel_entries') {
      session.desk.cancelEntries(null, body.reason ?? 'manual', session.now);
      return this.#writer.answer({ id, outcome: 'taken', text: null });
    }
    const position = [...session.desk.openPositions()].find(({ positionId }) => positionId === body.position_id);
    const isTaken =
      position !== undefined &&
      (position.closing !== null ||
        session.desk.requestClose(position.symbol, closeReasonOf(body.reason), session.now));
    this.#writer.answer({
      id,
      outcome: isTaken ? 'taken' : 'refused',
      text: isTaken ? null : 'it holds no shares',
    });
  }
}

function textOf(state: StandingState, cause: string | null): string | null {
  const why = cause === null ? '' : `: ${cause}`;
  switch (state) {
    case 'active':
      return null;
    case 'reducing':
      return `reducing${why}; only exits are sent`;
    case 'halted':
      return `halted${why}; nothing is opened until it is released`;
  }
}

/** Why a position is closed by hand, as its row says; whatever else stands there is for people. */
function closeReasonOf(text: string | undefined): CloseReason {
  return text === 'emergency' || text === 'kill_switch' ? text : 'manual';
}
