import type { EventDocument } from '../engine/event-codec.ts';

/** What a report says beside its journal. */
export interface ReportFacts {
  readonly executionId: string;
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly version: number;
  readonly tradingMode: string;
  readonly source: { readonly label: string; readonly synthetic: boolean; readonly tape_id: string | null };
  /** Of a run on a broker account: its fills held against the simulated exchange's. */
  readonly fillsCompared?: EventDocument;
}

interface Lane {
  readonly symbol: string;
  title: string | null;
  outcome: string | null;
  paragraphs: readonly unknown[];
  bias: unknown;
  strategy: EventDocument | null;
  risk: unknown;
  blocked: EventDocument | null;
  decidedAt: unknown;
  readonly orders: Map<string, EventDocument>;
  readonly fills: EventDocument[];
  failed: string | null;
}

/**
 * journal ─▶ what each lane saw, decided and did ─▶ the report's body
 *
 * Pure: the same journal gives the same report. What becomes of a position after the execution is read from the position, not from here.
 */
export function reportBody(journal: readonly EventDocument[], facts: ReportFacts): EventDocument {
  const lanes = new Map<string, Lane>();
  const started = journal.find((document) => document['event'] === 'execution_started');
  for (const symbol of asList(started?.['symbols'])) laneOf(lanes, String(symbol));
  for (const document of journal)
    if (typeof document['symbol'] === 'string') tell(laneOf(lanes, document['symbol']), document);
  const ended = journal.findLast((document) => document['event'] === 'execution_completed');
  const result = String(ended?.['result'] ?? 'running');
  const written = [...lanes.values()].map((lane) => laneBody(lane, result));
  const first = written[0];
  const titled = [...lanes.values()].find((lane) => lane.title !== null);
  return {
    id: facts.executionId,
    execution_id: facts.executionId,
    pipeline_id: facts.pipelineId,
    pipeline_name: facts.pipelineName,
    version: facts.version,
    symbol: lanes.size === 1 ? (first?.['symbol'] ?? null) : null,
    title: titled?.title ?? `${facts.pipelineName}: ${result}`,
    outcome: result,
    trading_mode: facts.tradingMode,
    source: facts.source,
    trigger: started?.['trigger'] ?? null,
    lanes: written,
    timeline: journal.map(timelineEntry),
    ...(facts.fillsCompared === undefined ? {} : { fills_compared: facts.fillsCompared }),
  };
}

function laneOf(lanes: Map<string, Lane>, symbol: string): Lane {
  let lane = lanes.get(symbol);
  if (lane === undefined) {
    lane = {
      symbol,
      title: null,
      outcome: null,
      paragraphs: [],
      bias: null,
      strategy: null,
      risk: null,
      blocked: null,
      decidedAt: null,
      orders: new Map(),
      fills: [],
      failed: null,
    };
    lanes.set(symbol, lane);
  }
  return lane;
}

function tell(lane: Lane, document: EventDocument): void {
  switch (document['event']) {
    case 'agent_completed':
    case 'lane_blocked': {
      takeOutput(lane, document);
      if (document['event'] === 'lane_blocked') lane.blocked = blockedBy(document, document);
      return;
    }
    case 'intents_settled':
      if (document['refusal'] !== null) lane.blocked = blockedBy(document, asObject(document['refusal']));
      return;
    case 'order_updated': {
      const order = asObject(document['order']);
      lane.orders.set(String(order['order_id']), order);
      return;
    }
    case 'trade_executed': {
      const trade = asObject(document['trade']);
      lane.fills.push({
        time: document['timestamp'],
        side: trade['action'],
        quantity: trade['quantity'],
        price: trade['price'],
        commission: trade['commission'],
        reason: null,
        position_id: document['position_id'],
      });
      return;
    }
    case 'error':
      if (document['will_retry'] !== true) lane.failed = String(document['error_message']);
  }
}

function takeOutput(lane: Lane, document: EventDocument): void {
  const output = document['output'];
  if (output === null || output === undefined) return;
  const { kind, value } = output as { kind: string; value: EventDocument };
  switch (kind) {
    case 'bias':
      lane.bias = value;
      break;
    case 'strategy':
      lane.strategy = value;
      lane.decidedAt = document['timestamp'];
      break;
    case 'risk':
      lane.risk = value;
      break;
    case 'trade':
      lane.decidedAt = document['timestamp'];
      break;
    case 'report':
      lane.title = String(value['title']);
      lane.outcome = String(value['outcome']);
      lane.paragraphs = asList(value['paragraphs']);
      break;
  }
}

function blockedBy(document: EventDocument, refusal: EventDocument): EventDocument {
  const { rule, value, threshold, distance, text } = refusal as Record<string, unknown>;
  return { rule, value, threshold, distance, text, agent_id: document['agent_id'] };
}

function laneBody(lane: Lane, result: string): EventDocument {
  const outcome =
    lane.outcome ??
    (lane.fills.length > 0 ? 'traded' : lane.blocked !== null ? 'blocked' : lane.failed !== null ? 'failed' : result);
  const paragraphs = lane.paragraphs.length > 0 ? lane.paragraphs : [lane.blocked?.['text'] ?? lane.failed ?? outcome];
  return {
    symbol: lane.symbol,
    title: lane.title ?? `${lane.symbol}: ${outcome}`,
    outcome,
    paragraphs,
    bias: lane.bias,
    strategy: lane.strategy,
    risk: lane.risk,
    blocked: lane.blocked,
    orders: [...lane.orders.values()],
    fills: lane.fills,
    levels: levelsOf(lane.strategy),
    decided_at: lane.decidedAt,
  };
}

/** The plan's levels as decimal strings; what the position made of them is shown by the position. */
function levelsOf(strategy: EventDocument | null): EventDocument | null {
  if (strategy === null || strategy['action'] === 'hold') return null;
  const level = (name: string) => {
    const value = strategy[name];
    return value === null || value === undefined ? null : String(value);
  };
  return {
    entry: level('entry_price') ?? level('entry'),
    stop: level('stop_loss'),
    initial_stop: level('stop_loss'),
    target_1: level('target_1') ?? level('take_profit_1'),
    target_2: level('target_2') ?? level('take_profit_2'),
  };
}

function timelineEntry(document: EventDocument): EventDocument {
  return {
    timestamp: document['timestamp'],
    event: document['event'],
    agent_id: document['agent_id'] ?? null,
    agent_type: document['agent_type'] ?? null,
    symbol: document['symbol'] ?? null,
    text: textOf(document),
  };
}

function textOf(document: EventDocument): string {
  switch (document['event']) {
    case 'execution_started':
      return String(asObject(document['trigger'])['text'] ?? 'started');
    case 'agent_started':
      return `${document['agent_type']} is asked`;
    case 'error':
      return String(document['error_message']);
    case 'order_updated': {
      const order = asObject(document['order']);
      return `${order['side']} ${order['quantity']} ${order['symbol']} ${order['type']}: ${order['status']}`;
    }
    case 'trade_executed': {
      const trade = asObject(document['trade']);
      return `${trade['action']} ${trade['quantity']} ${trade['symbol']} at ${trade['price']}`;
    }
    case 'execution_completed':
      return `${document['status']}: ${document['reason'] ?? document['result']}`;
    default:
      return String(document['text'] ?? document['output_summary'] ?? document['reason'] ?? document['event']);
  }
}

function asObject(value: unknown): EventDocument {
  return typeof value === 'object' && value !== null ? (value as EventDocument) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
