import type { EpochMs, TriggerFact } from '@bellwether/domain';
import { type ExecutionPlan, executionEventFrom, executionIdOf, stepContext, type TradePlan } from '@bellwether/kernel';
import { ExecutionDrive } from '../engine/drive.ts';
import type { Digests } from './digests.ts';
import { SimulatedPlace } from './place.ts';
import { openMarket, playStep } from './play-market.ts';
import type { TapeSymbol } from './tape-cursor.ts';

export interface Search {
  readonly now: () => EpochMs;
  /** Lets other work of the process have its turn. */
  readonly rest: () => Promise<void>;
}

export interface MomentSettings {
  readonly plan: ExecutionPlan;
  readonly tape: readonly TapeSymbol[];
  readonly installation: string;
  readonly account: string;
  readonly sha256: Digests;
}

/** Long enough for any demo tape; a search that takes longer settles for what it has found. */
const LONGEST_SEARCH_MS = 3_000;
const STEPS_PER_TURN = 200;
const NOT_WARM = 'not_warm';
/** The last exit of a position that went as planned; a breakeven stop comes after target 1. */
const TARGETS: ReadonlySet<string> = new Set(['target_1', 'target_2', 'breakeven_stop']);

/**
 * Finds the moment at which a run has something to show: the first trigger after which the pipeline, played over the tape from its first bar,
 * trades; else the first after which it says why not; else the first. Null when no trigger ever fires. On a scripted tape, which is no
 * evidence of anything, a trade that reaches its target comes before one that does not; on recorded prices nothing is picked by its outcome.
 */
export async function firstMoment(settings: MomentSettings, { now, rest }: Search): Promise<TriggerFact | null> {
  const { plan, tape, sha256, account, installation } = settings;
  const found: {
    reached: TriggerFact | null;
    traded: TriggerFact | null;
    refused: TriggerFact | null;
    fired: TriggerFact | null;
  } = {
    reached: null,
    traded: null,
    refused: null,
    fired: null,
  };
  let open: ExecutionDrive | null = null;
  const isScripted = tape.every(({ label }) => label.synthetic);
  const triggers = new Map<string, TriggerFact>();
  const begin = (trigger: TriggerFact) => {
    found.fired ??= trigger;
    const id = executionIdOf(account, trigger, sha256.hex);
    triggers.set(id, trigger);
    const drive = new ExecutionDrive(
      {
        plan,
        ports: {
          now: () => session.now,
          contextFor: (_plan, state, _node, symbol) =>
            stepContext(plan, state, symbol, {
              now: () => session.now,
              view: session.view,
              desk: session.desk,
              forcedFlatAt: (at) => session.forcedFlatAt(at),
            }),
          submit: (_plan, state, command) => {
            session.submit(command.plan as TradePlan, {
              commandId: command.id,
              executionId: state.executionId,
              nodeId: command.nodeId,
              agentType: plan.byId.get(command.nodeId)?.agentType ?? '',
              symbol: command.symbol,
            });
            return [];
          },
          reportId: () => null,
        },
        journal: () => undefined,
        ended: ({ result, reason }) => {
          open = null;
          if (result === 'traded') found.traded ??= trigger;
          else if (reason !== NOT_WARM) found.refused ??= trigger;
          session.executionEnded();
        },
        leavesProcess: () => false,
        isHandedOver: () => false,
      },
      id,
    );
    open = drive;
    const symbols = plan.symbols.length > 0 ? plan.symbols : market.tape.map(({ symbol }) => symbol);
    const { tradingMode, runMode } = plan.pipeline;
    drive.feed({
      event: 'execution_started',
      at: trigger.at,
      executionId: id,
      pipelineId: account,
      version: 1,
      tradingMode,
      runMode,
      trigger,
      symbols,
    });
  };
  const market = openMarket({
    plan,
    tape,
    place: new SimulatedPlace(plan, { installation, account }, sha256),
    from: null,
    events: {
      start: begin,
      desk: (event) => {
        const answer = executionEventFrom(event);
        if (answer !== null && open?.state.executionId === answer.executionId) open.feed(answer.event);
        if (event.kind === 'position_closed' && TARGETS.has(event.position.closeReason ?? '')) {
          found.reached ??= triggers.get(event.position.executionId) ?? null;
        }
      },
      skipped: () => undefined,
    },
  });
  const { session, cursor } = market;
  const isFound = () => (isScripted ? found.reached : found.traded) !== null;
  session.startAt(market.decideFrom - 1);
  const until = now() + LONGEST_SEARCH_MS;
  let steps = 0;
  for (let step = cursor.peek(); step !== null && !isFound(); step = cursor.peek()) {
    playStep(session, step);
    cursor.advance();
    // An agent that takes its time cannot be asked in a search: its first trigger is the moment.
    if (isWorking(open)) return found.fired;
    if (++steps % STEPS_PER_TURN !== 0) continue;
    if (now() > until) break;
    await rest();
  }
  return (isScripted ? found.reached : null) ?? found.traded ?? found.refused ?? found.fired;
}

function isWorking(drive: ExecutionDrive | null): boolean {
  return drive?.isWorking ?? false;
}
