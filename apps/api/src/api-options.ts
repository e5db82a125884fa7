import type { AgentMetadataWire, TapeWire, TemplateWire } from '@bellwether/contracts';
import type { Database } from '@bellwether/db';
import type { BarSeries, EpochMs, ExchangeCalendar, Timeframe } from '@bellwether/domain';
import type { EngineClient } from '@bellwether/durable/client';
import type { IndicatorDefinition } from '@bellwether/indicators';
import type { AgentCatalogue } from '@bellwether/kernel';
import type { FastifyBaseLogger } from 'fastify';

/** The recorded markets that a simulated execution may run on. */
export interface TapeLibrary {
  readonly tapes: readonly TapeWire[];
  /** Returns all closed bars of a symbol in a timeframe, made coarser where the tape is finer. Throws `tape/unknown`, `bars/unknown-symbol`, `bars/timeframe-missing`. */
  bars(tapeId: string, symbol: string, timeframe: Timeframe): Promise<BarSeries>;
}

/** An agent as `GET /agents` describes it. */
export type AgentDescription = {
  readonly [Field in keyof AgentMetadataWire]: AgentMetadataWire[Field] extends readonly (infer Item)[]
    ? readonly Item[]
    : Readonly<AgentMetadataWire[Field]>;
};

/** All that the API stands on; it chooses nothing itself. */
export interface ApiOptions {
  /** As the application's role. */
  readonly database: Database;
  /** Its connection stays open when the API closes. */
  readonly engine: Omit<EngineClient, 'close'>;
  /** By which documents are compiled. */
  readonly agents: AgentCatalogue;
  readonly agentDescriptions: readonly AgentDescription[];
  readonly indicators: ReadonlyMap<string, IndicatorDefinition>;
  readonly templates: readonly TemplateWire[];
  readonly tapes: TapeLibrary;
  readonly calendar: ExchangeCalendar;
  readonly now: () => EpochMs;
  readonly version: string;
  /** True for the embedded default with its demo user. */
  readonly isDemo: boolean;
  /** Where paper trading goes; absent where no broker is configured. */
  readonly paperVenue?: 'sandbox' | 'paper';
  /** Folder of the built web app; without one only the API is served. */
  readonly webRoot?: string;
  readonly logger?: FastifyBaseLogger;
  /** Addresses of proxies whose forwarding headers are believed. */
  readonly trustProxy?: readonly string[];
  /** Origins besides the server's own from which a browser may act, such as a development server's. */
  readonly allowedOrigins?: readonly string[];
  /** Answered by `/readyz` beside the database: true when that part of the process is up. */
  readonly checks?: Readonly<Record<string, () => boolean | Promise<boolean>>>;
  /** Refuses to send an answer that does not meet its schema. For tests: it costs a second pass over every answer. */
  readonly checksAnswers?: boolean;
}
