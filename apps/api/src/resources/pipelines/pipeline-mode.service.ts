import { createHash } from 'node:crypto';
import type {
  MissingGuardWire,
  ModeStepWire,
  PipelineDetailWire,
  PipelineModeWire,
  VenueName,
} from '@bellwether/contracts';
import { BellwetherError, formatInstant, type TradingMode } from '@bellwether/domain';
import { canonicalJson, compile } from '@bellwether/pipeline';
import type { ApiOptions } from '../../api-options.ts';
import { notFound } from '../../http/problem.ts';
import { audit } from '../../records/audit.ts';
import { tellPipelineUpdated } from '../../records/stream-record.ts';
import { venueOf } from '../../records/venue.ts';
import * as modes from './pipeline-mode.store.ts';
import * as store from './pipelines.store.ts';

/** In the order of risk. */
const LADDER: readonly TradingMode[] = ['validation', 'simulation', 'paper', 'live'];
/** Trades that must have gone their whole way in simulation before a broker's account is used. */
const SIMULATED_TRADES = 10;

const TEXTS: Readonly<Record<TradingMode, string>> = {
  validation: 'decides and sends nothing',
  simulation: 'trades a simulated account of its own',
  paper: '',
  live: 'trades with your money',
};

/** A pipeline's trading mode: the one way in which it changes, and what stands in that way. */
export class PipelineModeService {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  async read(transaction: modes.Tx, userId: string, id: string): Promise<PipelineModeWire> {
    const pipeline = await this.#find(transaction, userId, id);
    const facts = await modes.modeFacts(transaction, userId, id);
    return {
      pipeline_id: id,
      trading_mode: pipeline.trading_mode,
      venue: this.#venueOf(pipeline.trading_mode),
      draft_version: pipeline.draft_version,
      published_version: pipeline.published_version,
      ladder: LADDER.map((mode) => this.#step(pipeline, mode, facts)),
    };
  }

  /** Changes the mode of draft and published version alike. Throws `pipeline/mode-guarded` with everything that is missing. */
  async change(
    transaction: modes.Tx,
    userId: string,
    id: string,
    request: { readonly mode: TradingMode; readonly reason: string; readonly expected_version: number },
  ): Promise<PipelineModeWire> {
    if (!(await store.lockPipeline(transaction, userId, id))) throw notFound('pipeline/not-found', 'a pipeline', id);
    const pipeline = await this.#find(transaction, userId, id);
    const { mode, reason } = request;
    if (pipeline.draft_version !== request.expected_version)
      throw new BellwetherError(
        'conflict',
        'pipeline/stale-version',
        `expected the change to be made from draft ${pipeline.draft_version}, was from ${request.expected_version}; look at the current draft first`,
        { extensions: { current: pipeline } },
      );
    const old = pipeline.trading_mode;
    if (old === mode) return this.read(transaction, userId, id);
    const { missing } = this.#step(pipeline, mode, await modes.modeFacts(transaction, userId, id));
    const [first] = missing;
    if (first !== undefined)
      throw new BellwetherError(
        'rejected',
        'pipeline/mode-guarded',
        `expected all that ${mode} mode asks for, ${missing.length === 1 ? 'one thing is' : `${missing.length} things are`} missing: ${missing.map(({ text }) => text).join('; ')}`,
        {
          errors: missing.map(({ guard, text }) => ({ path: guard, message: text })),
          extensions: { missing: [...missing] },
        },
      );
    await this.#write(transaction, userId, pipeline, mode, `mode: ${old} to ${mode}`);
    await modes.insertModeChange(transaction, userId, id, { old, mode, reason });
    await audit(transaction, userId, {
      action: 'pipeline_mode_changed',
      subjectType: 'pipeline',
      subjectId: id,
      details: { old_mode: old, new_mode: mode, reason, venue: this.#venueOf(mode) },
    });
    await tellPipelineUpdated(transaction, userId, id, formatInstant(this.#options.now()));
    return this.read(transaction, userId, id);
  }

  /** What is published trades in the new mode as a version of its own: an execution keeps the version, and so the mode, that it began with. */
  async #write(
    transaction: modes.Tx,
    userId: string,
    pipeline: PipelineDetailWire,
    mode: TradingMode,
    note: string,
  ): Promise<void> {
    const { id, draft_version, published_version, has_unpublished_changes } = pipeline;
    await modes.setMode(transaction, userId, id, mode, { ...pipeline.config, trading_mode: mode });
    if (published_version === null) return;
    const published = await store.findVersion(transaction, userId, id, published_version);
    if (published === undefined) return;
    const document = { ...published.document, trading_mode: mode };
    const [newest] = await store.listVersions(transaction, userId, id);
    await store.insertVersion(transaction, userId, id, {
      version: (newest?.version ?? published_version) + 1,
      contentHash: createHash('sha256').update(canonicalJson(document)).digest('hex'),
      document,
      note,
      // An edit that waits to be published still does.
      draftVersion: has_unpublished_changes ? draft_version : draft_version + 1,
    });
  }

  #step(pipeline: PipelineDetailWire, mode: TradingMode, facts: modes.ModeFacts): ModeStepWire {
    const venue = this.#venueOf(mode);
    const text = mode === 'paper' ? paperText(venue) : TEXTS[mode];
    const missing =
      pipeline.trading_mode === mode ? [] : [...restGuards(pipeline, facts), ...this.#guards(pipeline, mode, facts)];
    return { mode, venue, text, missing };
  }

  #guards(pipeline: PipelineDetailWire, mode: TradingMode, facts: modes.ModeFacts): readonly MissingGuardWire[] {
    // Down is always open to a pipeline at rest.
    if (LADDER.indexOf(mode) < LADDER.indexOf(pipeline.trading_mode)) return [];
    if (mode === 'live') return LIVE_MISSING;
    if (mode !== 'paper') return [];
    const missing: MissingGuardWire[] = [];
    const venue = this.#venueOf('paper');
    if (venue === 'none')
      missing.push({
        guard: 'broker',
        text: 'no sandbox and no paper account is configured where pipelines are played',
      });
    if (venue === 'paper') {
      missing.push({
        guard: 'live_prices',
        text: 'a real paper account is configured, which trades live prices, and only tapes can be played; unset its keys to use the sandbox',
      });
      if (facts.simulatedTrades < SIMULATED_TRADES)
        missing.push({
          guard: 'unlocked',
          text: `${SIMULATED_TRADES} trades in simulation that were entered, protected and closed; there are ${facts.simulatedTrades}`,
        });
    }
    const naked = this.#withoutStop(pipeline);
    if (naked.length > 0)
      missing.push({
        guard: 'carries_stop',
        text: `every order carries a stop at a broker; ${naked.join(', ')} ${naked.length === 1 ? 'has' : 'have'} none, set stop.type`,
      });
    return missing;
  }

  /** Strategy nodes that open positions without a stop. */
  #withoutStop(pipeline: PipelineDetailWire): readonly string[] {
    const { plan } = compile(pipeline.config, this.#options.agents);
    return (plan?.nodes ?? [])
      .filter(({ agent, config }) => {
        const { stop } = config as { readonly stop?: { readonly type?: string } };
        return agent.writes === 'strategy' && stop?.type === 'none';
      })
      .map(({ id }) => `node "${id}"`);
  }

  #venueOf(mode: TradingMode): VenueName {
    return venueOf(mode, this.#options.paperVenue);
  }

  async #find(transaction: modes.Tx, userId: string, id: string): Promise<PipelineDetailWire> {
    const pipeline = await store.findPipeline(transaction, userId, id, this.#options.paperVenue);
    if (pipeline === undefined || pipeline.archived_at !== null)
      throw notFound('pipeline/not-found', 'a pipeline in use', id);
    return pipeline;
  }
}

function paperText(venue: VenueName): string {
  if (venue === 'sandbox')
    return 'trades an account of its own at the sandbox, a broker on this machine: no real account, so nothing has to be unlocked';
  return venue === 'paper' ? 'trades a paper account at Alpaca' : 'trades nowhere: no broker is configured';
}

/** What every change asks for. */
function restGuards(pipeline: PipelineDetailWire, facts: modes.ModeFacts): readonly MissingGuardWire[] {
  const missing: MissingGuardWire[] = [];
  const isAtRest = ['stopped', 'completed', 'halted'].includes(pipeline.state);
  if (!isAtRest || pipeline.open_execution_id !== null || facts.sessionOpen)
    missing.push({
      guard: 'at_rest',
      text: `a pipeline at rest; ${isAtRest ? 'an execution of it has not ended' : `it is ${pipeline.state}`}, stop it first`,
    });
  if (facts.liveOrders > 0)
    missing.push({ guard: 'live_order', text: `no order that may still fill; there are ${facts.liveOrders}` });
  if (facts.openPositions > 0)
    missing.push({
      guard: 'open_position',
      text: `no open position; there are ${facts.openPositions}, close them first`,
    });
  return missing;
}

const LIVE_MISSING: readonly MissingGuardWire[] = [
  { guard: 'connection', text: 'a connection of your own, active and verified as live' },
  { guard: 'unlocked', text: '25 successful paper trades on a connected account with a profit after fees' },
  { guard: 'limits', text: 'limits of the account and a budget for the pipeline' },
  { guard: 'step_up', text: 'your password given again' },
  { guard: 'confirmation', text: 'the name of the pipeline typed, and the risks acknowledged' },
];
