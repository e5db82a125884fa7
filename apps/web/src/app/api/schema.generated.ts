// Written by tools/generate-web-types.ts from the API's description; not edited by hand.
export interface paths {
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say which platform this is, and, to who is signed in, the highest mode that something of theirs trades in */
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End this session */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/step-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give the password again: for five minutes this session may do what needs it */
        post: operations["stepUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say who is signed in */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List agents */
        get: operations["listAgents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/{agent_type}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one agent */
        get: operations["getAgent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/indicators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List indicators with their parameters */
        get: operations["listIndicators"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List pipelines, newest first */
        get: operations["listPipelines"];
        put?: never;
        /** Create a pipeline from a document */
        post: operations["createPipeline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Import a pipeline document from a file */
        post: operations["importPipeline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List templates to begin from */
        get: operations["listTemplates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say all that is wrong with a document */
        post: operations["validatePipeline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a pipeline with its draft */
        get: operations["getPipeline"];
        /** Save an edit of the draft */
        put: operations["savePipeline"];
        post?: never;
        /** Archive a stopped pipeline */
        delete: operations["archivePipeline"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the draft as a document for a file */
        get: operations["exportPipeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Freeze the draft as a version */
        post: operations["publishPipeline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{id}/clone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Copy a pipeline into simulation */
        post: operations["clonePipeline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List published versions, newest first */
        get: operations["listPipelineVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{id}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a published version */
        get: operations["getPipelineVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run once, now, on a tape */
        post: operations["runPipeline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Arm the triggers */
        post: operations["startPipeline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop: nothing new is started */
        post: operations["stopPipeline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{id}/rearm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let it enter a symbol again that was closed by hand */
        post: operations["rearmPipeline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the halt of a pipeline, with the password given again */
        post: operations["releasePipeline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{id}/mode": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read where a pipeline trades, and what is missing for each mode */
        get: operations["getPipelineMode"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the trading mode of a pipeline at rest */
        patch: operations["changePipelineMode"];
        trace?: never;
    };
    "/api/v1/executions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List executions, newest first */
        get: operations["listExecutions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an execution with its lanes */
        get: operations["getExecution"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions/{id}/journal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what happened, in order */
        get: operations["readJournal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask an open execution to end */
        post: operations["cancelExecution"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Poll for what has happened: the same events, in the same order, as the stream */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/positions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List open positions, newest first, with totals per account and what lies there besides */
        get: operations["listPositions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/positions/commands/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say how far a command to close has come */
        get: operations["getCloseCommand"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/positions/{position}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a position with its orders, fills and stops */
        get: operations["getPosition"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/positions/{position}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Close a position now; its pipeline does not enter the symbol again until re-armed */
        post: operations["closePosition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/positions/close-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop everything and close every position of every account */
        post: operations["closeAllPositions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List orders, newest first */
        get: operations["listOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an order with its fills */
        get: operations["getOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trades": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List closed rounds, the last to end first */
        get: operations["listTrades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trades.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Closed rounds as a table for a spreadsheet */
        get: operations["exportTrades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trades/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the closed round of a position */
        get: operations["getTrade"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List reports, newest first */
        get: operations["listReports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what an execution decided, did and why */
        get: operations["getReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tapes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List recorded markets to run on */
        get: operations["listTapes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/market/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say whether the exchange is open, and until when */
        get: operations["getMarketSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/market/bars": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read closed bars, oldest first, for a chart; of an execution never one that it could not have seen */
        get: operations["readBars"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/safety/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the limits of every broker account */
        get: operations["listLimits"];
        /** Change limits: lower at once, raise from the next session on, with the password given again */
        put: operations["changeLimits"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/safety/kill-switch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say what stands against entries, and what a stop would have to do */
        get: operations["getKillSwitch"];
        put?: never;
        /** Stop: no new entry of the scope; exits and stops go on */
        post: operations["engageKillSwitch"];
        /** Release a scope to trade again, with the password given again */
        delete: operations["releaseKillSwitch"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/safety/interventions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was done by hand, newest first, and what became of it */
        get: operations["listInterventions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/safety/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what accounts told of themselves, newest first */
        get: operations["listAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/safety/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the audit log, newest first, and whether its chain is whole */
        get: operations["readAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process answers */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything it needs answers */
        get: operations["readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AccountLimits: {
            account: components["schemas"]["AccountRef"];
            limits: {
                [key: string]: number | string | null;
            };
            defaults: {
                [key: string]: number | string | null;
            };
            waiting: {
                limits: {
                    [key: string]: number | string | null;
                };
                /**
                 * Format: date-time
                 * @example 2026-11-27T14:30:00Z
                 */
                effective_from: string;
            }[];
        };
        AccountRef: {
            id: string;
            /** @enum {unknown} */
            kind: "simulated" | "broker";
            label: ("sandbox" | "paper" | "live") | null;
            /** @example Alpaca paper */
            name: string;
            /** @enum {unknown} */
            trading_mode: "validation" | "simulation" | "paper" | "live";
        };
        AccountStanding: {
            account: components["schemas"]["AccountRef"];
            /** @enum {unknown} */
            state: "active" | "reducing" | "halted";
            gate_open: boolean;
            reconciled_at: string | null;
            is_clean: boolean | null;
            obstacles: components["schemas"]["Obstacle"][];
        };
        AgentCompleted: {
            /** @enum {string} */
            event: "agent_completed";
            seq: number | null;
            journal_seq: number;
            execution_id: string;
            pipeline_id: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            command_id: string;
            agent_id: string;
            agent_type: string;
            symbol: string | null;
            output: components["schemas"]["AgentOutput"] | null;
            output_summary: string;
            /** @example 150.50 */
            cost_increment: string;
            inputs_hash: string | null;
        };
        AgentError: {
            /** @enum {string} */
            event: "error";
            seq: number | null;
            journal_seq: number;
            execution_id: string;
            pipeline_id: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            command_id: string;
            agent_id: string;
            agent_type: string;
            symbol: string | null;
            error_code: string;
            error_message: string;
            attempt: number;
            will_retry: boolean;
        };
        AgentMetadata: {
            agent_type: string;
            name: string;
            description: string;
            /** @enum {unknown} */
            category: "trigger" | "data" | "analysis" | "risk" | "execution" | "reporting" | "system";
            version: number;
            /** @description A Lucide icon's name. */
            icon: string;
            /** @example 150.50 */
            pricing_rate: string;
            is_free: boolean;
            is_system_agent: boolean;
            requires_timeframes: boolean;
            reads: ("trigger" | "universe" | "market_data" | "bias" | "strategy" | "risk" | "trade" | "report")[];
            reads_optionally: ("trigger" | "universe" | "market_data" | "bias" | "strategy" | "risk" | "trade" | "report")[];
            reads_any_of: ("trigger" | "universe" | "market_data" | "bias" | "strategy" | "risk" | "trade" | "report")[];
            writes: ("trigger" | "universe" | "market_data" | "bias" | "strategy" | "risk" | "trade" | "report") | null;
            config_schema: {
                [key: string]: unknown;
            };
        };
        AgentOutput: components["schemas"]["TriggerOutput"] | components["schemas"]["UniverseOutput"] | components["schemas"]["MarketDataOutput"] | components["schemas"]["BiasOutput"] | components["schemas"]["StrategyOutput"] | components["schemas"]["RiskOutput"] | components["schemas"]["TradePlanOutput"] | components["schemas"]["ReportOutput"];
        AgentStarted: {
            /** @enum {string} */
            event: "agent_started";
            seq: number | null;
            journal_seq: number;
            execution_id: string;
            pipeline_id: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            command_id: string;
            agent_id: string;
            agent_type: string;
            symbol: string | null;
            attempt: number;
        };
        Alert: {
            id: string;
            /** @enum {unknown} */
            level: "notice" | "alarm" | "page";
            /**
             * @example naked
             * @example not_flat
             * @example account_unattended
             */
            code: string;
            text: string;
            account_id: string;
            symbol: string | null;
            position_id: string | null;
            pipeline_id: string | null;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            at: string;
        };
        AuditEntry: {
            seq: number;
            actor: string;
            action: string;
            subject_type: string;
            subject_id: string;
            details: {
                [key: string]: unknown;
            };
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            hash: string;
        };
        AuditPage: {
            items: components["schemas"]["AuditEntry"][];
            next_cursor: string | null;
            chain: {
                is_whole: boolean;
                entries: number;
                breaks: {
                    seq: number;
                    fault: string;
                }[];
            };
        };
        Bars: {
            symbol: string;
            /** @enum {unknown} */
            timeframe: "1m" | "5m" | "15m" | "1h" | "4h" | "1d";
            source: {
                label: string;
                synthetic: boolean;
            };
            bars: {
                /**
                 * Format: date-time
                 * @example 2026-11-27T14:30:00Z
                 */
                time: string;
                open: number;
                high: number;
                low: number;
                close: number;
                volume: number;
            }[];
        };
        BiasOutput: {
            /** @enum {string} */
            kind: "bias";
            value: components["schemas"]["BiasSignal"];
        };
        BiasSignal: {
            symbol: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            as_of: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /** @enum {unknown} */
            bias: "bullish" | "bearish" | "neutral";
            confidence: number;
            bias_score: number;
            reasoning: string;
            factors: {
                text: string;
                evidence: string[];
                contribution: number | null;
            }[];
            /** @enum {unknown} */
            analyst: "rules" | "crew";
            model: string | null;
            timeframes: ("1m" | "5m" | "15m" | "1h" | "4h" | "1d")[];
            warnings: string[];
        };
        Blocked: {
            rule: string;
            value: (string | number) | null;
            threshold: (string | number) | null;
            distance: (string | number) | null;
            text: string;
            agent_id: string;
        };
        CancelRequested: {
            /** @enum {string} */
            event: "cancel_requested";
            seq: number | null;
            journal_seq: number;
            execution_id: string;
            pipeline_id: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            reason: string;
        };
        ChangeMode: {
            /** @enum {unknown} */
            mode: "validation" | "simulation" | "paper" | "live";
            reason: string;
            /** @description The draft_version that was looked at. */
            expected_version: number;
        };
        CloseAllRequest: {
            /**
             * @description Typed by the user, letter for letter.
             * @enum {string}
             */
            confirm: "close all";
            reason: string;
        };
        CloseCommand: {
            command_id: string;
            /** @enum {unknown} */
            kind: "close" | "close_all";
            reason: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            asked_at: string;
            is_done: boolean;
            positions: components["schemas"]["CloseOutcome"][];
        };
        CloseOutcome: {
            position_id: string;
            symbol: string;
            /** @enum {unknown} */
            side: "long" | "short";
            account: components["schemas"]["AccountRef"];
            /** @enum {unknown} */
            outcome: "working" | "closed" | "partly_closed" | "failed" | "nothing_to_close";
            /** @enum {unknown} */
            step: "asked" | "canceling" | "closing" | "ended";
            text: string;
            /** @example 150.50 */
            remaining: string;
            average_exit: string | null;
            /** @example 150.50 */
            realized_pnl: string;
            fills: components["schemas"]["OrderFill"][];
        };
        CloseRequest: {
            reason: string;
        };
        CommandAccepted: {
            command_id: string;
            positions: string[];
            text: string;
        };
        Engage: {
            /** @enum {unknown} */
            scope: "user" | "account" | "pipeline";
            /**
             * Format: uuid
             * @description The account or pipeline; left out for scope user.
             */
            scope_id?: string;
            /** @description Also close every position in the scope. */
            flatten?: boolean;
            reason?: string;
        };
        EquityFractionSizing: {
            /** @enum {string} */
            kind: "equity_fraction";
            fraction: number;
            cash_buffer_fraction: number;
        };
        Execution: {
            id: string;
            pipeline_id: string;
            pipeline_name: string;
            version: number;
            /** @enum {unknown} */
            status: "pending" | "running" | "waiting" | "completed" | "failed" | "canceled";
            result: ("traded" | "blocked" | "failed" | "canceled") | null;
            reason: string | null;
            /** @enum {unknown} */
            trading_mode: "validation" | "simulation" | "paper" | "live";
            /** @enum {unknown} */
            venue: "refusing" | "simulated" | "sandbox" | "paper" | "live" | "none";
            /** @enum {unknown} */
            run_mode: "run_once" | "run_continuous" | "run_scheduled" | "run_on_signal";
            trigger: components["schemas"]["Trigger"] | null;
            source: components["schemas"]["Source"];
            symbols: string[];
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            started_at: string;
            market_time: string | null;
            ended_at: string | null;
            /** @example 150.50 */
            total_cost: string;
            report_id: string | null;
            last_journal_seq: number;
            lanes: components["schemas"]["Lane"][];
            /** @description The newest number of the user's stream that this snapshot may contain. */
            as_of_seq: number;
        };
        ExecutionCompleted: {
            /** @enum {string} */
            event: "execution_completed";
            seq: number | null;
            journal_seq: number;
            execution_id: string;
            pipeline_id: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            command_id: string;
            /** @enum {unknown} */
            status: "completed" | "failed" | "canceled";
            /** @enum {unknown} */
            result: "traded" | "blocked" | "failed" | "canceled";
            reason: string | null;
            /** @example 150.50 */
            total_cost: string;
            report_id: string | null;
        };
        ExecutionStarted: {
            /** @enum {string} */
            event: "execution_started";
            seq: number | null;
            journal_seq: number;
            execution_id: string;
            pipeline_id: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            version: number;
            /** @enum {unknown} */
            trading_mode: "validation" | "simulation" | "paper" | "live";
            /** @enum {unknown} */
            run_mode: "run_once" | "run_continuous" | "run_scheduled" | "run_on_signal";
            trigger: components["schemas"]["Trigger"];
            symbols: string[];
        };
        ExecutionWaiting: {
            /** @enum {string} */
            event: "execution_waiting";
            seq: number | null;
            journal_seq: number | null;
            execution_id: string | null;
            pipeline_id: string | null;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            text: string;
        };
        ExternalHolding: {
            account: components["schemas"]["AccountRef"];
            symbol: string;
            /** @enum {unknown} */
            side: "long" | "short";
            /** @example 150.50 */
            quantity: string;
            average_entry: string | null;
        };
        Fill: {
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            time: string;
            /** @enum {unknown} */
            side: "buy" | "sell";
            /** @example 150.50 */
            quantity: string;
            /** @example 150.50 */
            price: string;
            /** @example 150.50 */
            commission: string;
            reason: string | null;
        };
        /** @description Entries held against the simulated exchange over the same bars; USD, positive when better. */
        FillsCompared: {
            text: string;
            /** @example 150.50 */
            effect: string;
            orders: {
                /**
                 * Format: date-time
                 * @example 2026-11-27T14:30:00Z
                 */
                decided_at: string;
                symbol: string;
                /** @enum {unknown} */
                side: "buy" | "sell";
                simulated: {
                    /** @example 150.50 */
                    price: string;
                    /** @example 150.50 */
                    quantity: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-27T14:30:00Z
                     */
                    time: string;
                    /** @example 150.50 */
                    commission: string;
                } | null;
                actual: {
                    /** @example 150.50 */
                    price: string;
                    /** @example 150.50 */
                    quantity: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-27T14:30:00Z
                     */
                    time: string;
                    /** @example 150.50 */
                    commission: string;
                } | null;
                /** @example 150.50 */
                effect: string;
            }[];
        };
        FixedNotionalSizing: {
            /** @enum {string} */
            kind: "fixed_notional";
            amount: number;
        };
        FixedQuantitySizing: {
            /** @enum {string} */
            kind: "fixed_quantity";
            quantity: number;
        };
        HeldPosition: {
            id: string;
            pipeline_id: string;
            execution_id: string;
            symbol: string;
            /** @enum {unknown} */
            side: "long" | "short";
            /** @enum {unknown} */
            state: "opening" | "protecting" | "open" | "converting" | "closing" | "closed";
            /** @example 150.50 */
            quantity: string;
            /** @example 150.50 */
            intended_quantity: string;
            average_entry: string | null;
            initial_stop: string | null;
            stop: string | null;
            target_1: string | null;
            target_2: string | null;
            last_price: string | null;
            unrealized_pnl: string | null;
            realized_pnl: string | null;
            opened_at: string | null;
            closed_at: string | null;
            /** @enum {unknown} */
            trading_mode: "validation" | "simulation" | "paper" | "live";
            account: components["schemas"]["AccountRef"];
            pipeline: components["schemas"]["PipelineRef"];
            /** @example open: every share has its stop */
            state_text: string;
            last_price_at: string | null;
            unrealized_pct: number | null;
            unrealized_r: number | null;
            /** @example 150.50 */
            fees: string;
            protection: components["schemas"]["Protection"];
            flags: string[];
            close_command_id: string | null;
            latched_since: string | null;
        };
        Indicator: {
            name: string;
            title: string;
            description: string;
            params: {
                name: string;
                title: string;
                description: string;
                /** @enum {unknown} */
                type: "integer" | "number";
                default: number;
                minimum: number;
                maximum: number;
            }[];
            outputs: string[];
            default_output: string;
        };
        IntentsSettled: {
            /** @enum {string} */
            event: "intents_settled";
            seq: number | null;
            journal_seq: number;
            execution_id: string;
            pipeline_id: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            command_id: string;
            agent_id: string;
            agent_type: string;
            symbol: string | null;
            /** @enum {unknown} */
            outcome: "traded" | "refused" | "would_execute";
            refusal: components["schemas"]["Refusal"] | null;
            output_summary: string;
            text: string;
        };
        Intervention: {
            id: string;
            /**
             * @example close
             * @example close_all
             * @example kill_switch
             * @example kill_switch_release
             * @example release
             * @example rearm
             */
            kind: string;
            target: string;
            account_id: string | null;
            reason: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            at: string;
            outcomes: {
                position_id: string;
                outcome: string;
                text: string;
                /**
                 * Format: date-time
                 * @example 2026-11-27T14:30:00Z
                 */
                at: string;
            }[];
        };
        InterventionRecorded: {
            /** @enum {string} */
            event: "intervention_recorded";
            seq: number | null;
            journal_seq: number | null;
            execution_id: string | null;
            pipeline_id: string | null;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            intervention_id: string;
            kind: string;
            target: string;
            reason: string;
        };
        JournalEvent: components["schemas"]["ExecutionStarted"] | components["schemas"]["AgentStarted"] | components["schemas"]["AgentCompleted"] | components["schemas"]["LaneBlocked"] | components["schemas"]["AgentError"] | components["schemas"]["TimerFired"] | components["schemas"]["OrderUpdated"] | components["schemas"]["TradeExecuted"] | components["schemas"]["IntentsSettled"] | components["schemas"]["CancelRequested"] | components["schemas"]["ExecutionCompleted"] | components["schemas"]["ExecutionWaiting"] | components["schemas"]["PipelineUpdated"] | components["schemas"]["PositionUpdated"] | components["schemas"]["KillSwitchChanged"] | components["schemas"]["LimitsChanged"] | components["schemas"]["InterventionRecorded"] | components["schemas"]["PositionClosed"];
        KillSwitch: {
            id: string;
            /** @enum {unknown} */
            scope: "platform" | "user" | "account" | "pipeline";
            scope_id: string | null;
            /**
             * @example Everything
             * @example Alpaca paper
             */
            scope_name: string;
            flatten: boolean;
            reason: string;
            engaged_by: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            engaged_at: string;
            released_at: string | null;
            progress: components["schemas"]["StopProgress"];
        };
        KillSwitchChanged: {
            /** @enum {string} */
            event: "kill_switch_changed";
            seq: number | null;
            journal_seq: number | null;
            execution_id: string | null;
            pipeline_id: string | null;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            /** @enum {unknown} */
            scope: "platform" | "user" | "account" | "pipeline";
            scope_id: string | null;
            is_engaged: boolean;
            flatten: boolean;
            reason: string;
        };
        KillSwitchState: {
            is_engaged: boolean;
            engaged: components["schemas"]["KillSwitch"][];
            accounts: components["schemas"]["AccountStanding"][];
            work: components["schemas"]["StopProgress"];
            as_of_seq: number;
        };
        Lane: {
            symbol: string;
            /** @enum {unknown} */
            status: "running" | "waiting" | "traded" | "blocked" | "failed" | "canceled";
            blocked: components["schemas"]["Blocked"] | null;
            steps: {
                agent_id: string;
                agent_type: string;
                /** @enum {unknown} */
                status: "waiting" | "running" | "done" | "blocked" | "failed" | "skipped";
                summary: string | null;
                at: string | null;
            }[];
        };
        LaneBlocked: {
            /** @enum {string} */
            event: "lane_blocked";
            seq: number | null;
            journal_seq: number;
            execution_id: string;
            pipeline_id: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            command_id: string;
            agent_id: string;
            agent_type: string;
            symbol: string | null;
            rule: string;
            value: (string | number) | null;
            threshold: (string | number) | null;
            distance: (string | number) | null;
            text: string;
            output: components["schemas"]["AgentOutput"] | null;
            output_summary: string;
            /** @example 150.50 */
            cost_increment: string;
            inputs_hash: string | null;
        };
        LaneReport: {
            symbol: string;
            title: string;
            /** @enum {unknown} */
            outcome: "traded" | "blocked" | "failed" | "would_execute";
            paragraphs: string[];
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
        };
        Latch: {
            symbol: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            since: string;
            reason: string;
        };
        LimitsChange: {
            min_price?: number | null;
            min_stop_distance_fraction?: number | null;
            max_stop_distance_fraction?: number | null;
            max_quote_age_seconds?: number | null;
            max_signal_age_seconds?: number | null;
            max_price_age_seconds?: number | null;
            max_entry_drift_r?: number | null;
            collar_fraction?: number | null;
            max_spread_fraction?: number | null;
            duplicate_signal_seconds?: number | null;
            entries_per_pipeline_hour?: number | null;
            orders_per_minute?: number | null;
            orders_per_day?: number | null;
            max_open_positions?: number | null;
            max_symbol_exposure_fraction?: number | null;
            gross_exposure_fraction?: number | null;
            open_risk_fraction?: number | null;
            order_notional?: number | null;
            average_volume_fraction?: number | null;
            max_daily_loss_fraction?: number | null;
            max_drawdown_fraction?: number | null;
            /** @enum {unknown} */
            on_daily_loss?: "reduce" | "flatten";
            max_day_trades?: number | null;
            /** @description USD per share added to the risk that sizes. */
            slippage_allowance?: number;
            /** @enum {unknown} */
            symbol_sharing?: "exclusive" | "shared";
        };
        LimitsChanged: {
            /** @enum {string} */
            event: "limits_changed";
            seq: number | null;
            journal_seq: number | null;
            execution_id: string | null;
            pipeline_id: string | null;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            account_id: string;
        };
        LimitsRequest: {
            /** Format: uuid */
            account_id: string;
            limits: components["schemas"]["LimitsChange"];
            reason?: string;
        };
        Login: {
            email: string;
            password: string;
        };
        MarketData: {
            symbol: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            as_of: string;
            price: number;
            timeframes: {
                /** @enum {unknown} */
                timeframe: "1m" | "5m" | "15m" | "1h" | "4h" | "1d";
                bars: number;
                last: {
                    /**
                     * Format: date-time
                     * @example 2026-11-27T14:30:00Z
                     */
                    start: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-27T14:30:00Z
                     */
                    end: string;
                    open: number;
                    high: number;
                    low: number;
                    close: number;
                    volume: number;
                };
                indicators: {
                    [key: string]: number | null;
                };
            }[];
            synthetic: boolean;
            source: string;
        };
        MarketDataOutput: {
            /** @enum {string} */
            kind: "market_data";
            value: components["schemas"]["MarketData"];
        };
        MarketSession: {
            /** @enum {unknown} */
            phase: "pre_market" | "open" | "closing_soon" | "after_hours" | "closed";
            until: string | null;
            next_open: string | null;
            next_close: string | null;
            half_day: boolean;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            server_time: string;
            exchange: string;
        };
        MissingGuard: {
            /** @description Its name, such as open_position or carries_stop. */
            guard: string;
            text: string;
        };
        ModeStep: {
            /** @enum {unknown} */
            mode: "validation" | "simulation" | "paper" | "live";
            /** @enum {unknown} */
            venue: "refusing" | "simulated" | "sandbox" | "paper" | "live" | "none";
            text: string;
            missing: components["schemas"]["MissingGuard"][];
        };
        Obstacle: {
            /** @enum {unknown} */
            scope: "platform" | "account" | "pipeline" | "symbol";
            pipeline_id: string | null;
            symbol: string | null;
            /** @enum {unknown} */
            state: "reducing" | "halted";
            /**
             * @example kill_switch
             * @example daily_loss
             * @example symbol_latched
             */
            cause: string;
            text: string;
            flatten: boolean;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            since: string;
        };
        Order: {
            order_id: string;
            position_id: string;
            /** @enum {unknown} */
            purpose: "entry" | "exit" | "stop_only" | "replace" | "close";
            symbol: string;
            /** @enum {unknown} */
            side: "buy" | "sell";
            /** @enum {unknown} */
            type: "market" | "limit" | "stop";
            status: string;
            /** @example 150.50 */
            quantity: string;
            /** @example 150.50 */
            filled_quantity: string;
            average_price: string | null;
            limit_price: string | null;
            stop_price: string | null;
            /** @example 150.50 */
            commission: string;
            reason: string | null;
            cut?: {
                rule: string;
                /** @example 150.50 */
                decided_quantity: string;
            };
        };
        OrderDetail: {
            order_id: string;
            position_id: string;
            /** @enum {unknown} */
            purpose: "entry" | "exit" | "stop_only" | "replace" | "close";
            symbol: string;
            /** @enum {unknown} */
            side: "buy" | "sell";
            /** @enum {unknown} */
            type: "market" | "limit" | "stop" | "stop_limit";
            status: string;
            /** @example 150.50 */
            quantity: string;
            /** @example 150.50 */
            filled_quantity: string;
            average_price: string | null;
            limit_price: string | null;
            stop_price: string | null;
            /** @example 150.50 */
            commission: string;
            reason: string | null;
            cut?: {
                rule: string;
                /** @example 150.50 */
                decided_quantity: string;
            };
            /**
             * @example entry
             * @example target_1
             * @example target_2
             * @example stop
             * @example close
             */
            leg: string;
            group_id: string | null;
            broker_order_id: string | null;
            account: components["schemas"]["AccountRef"];
            pipeline: components["schemas"]["PipelineRef"];
            execution_id: string;
            is_open: boolean;
            /** @example works at the broker */
            status_text: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            created_at: string;
            submitted_at: string | null;
            ended_at: string | null;
            fills: components["schemas"]["OrderFill"][];
        };
        OrderFill: {
            fill_id: string;
            /** @example 150.50 */
            price: string;
            /** @example 150.50 */
            quantity: string;
            /** @example 150.50 */
            amount: string;
            /** @example 150.50 */
            fee: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            filled_at: string;
        };
        OrderRecord: {
            order_id: string;
            position_id: string;
            /** @enum {unknown} */
            purpose: "entry" | "exit" | "stop_only" | "replace" | "close";
            symbol: string;
            /** @enum {unknown} */
            side: "buy" | "sell";
            /** @enum {unknown} */
            type: "market" | "limit" | "stop" | "stop_limit";
            status: string;
            /** @example 150.50 */
            quantity: string;
            /** @example 150.50 */
            filled_quantity: string;
            average_price: string | null;
            limit_price: string | null;
            stop_price: string | null;
            /** @example 150.50 */
            commission: string;
            reason: string | null;
            cut?: {
                rule: string;
                /** @example 150.50 */
                decided_quantity: string;
            };
            /**
             * @example entry
             * @example target_1
             * @example target_2
             * @example stop
             * @example close
             */
            leg: string;
            group_id: string | null;
            broker_order_id: string | null;
            account: components["schemas"]["AccountRef"];
            pipeline: components["schemas"]["PipelineRef"];
            execution_id: string;
            is_open: boolean;
            /** @example works at the broker */
            status_text: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            created_at: string;
            submitted_at: string | null;
            ended_at: string | null;
        };
        OrderUpdated: {
            /** @enum {string} */
            event: "order_updated";
            seq: number | null;
            journal_seq: number;
            execution_id: string;
            pipeline_id: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            command_id: string;
            agent_id: string;
            agent_type: string;
            symbol: string | null;
            order: components["schemas"]["Order"];
        };
        Pipeline: {
            id: string;
            name: string;
            description: string;
            symbol: string | null;
            symbols: string[];
            /** @enum {unknown} */
            run_mode: "run_once" | "run_continuous" | "run_scheduled" | "run_on_signal";
            /** @enum {unknown} */
            trading_mode: "validation" | "simulation" | "paper" | "live";
            /** @enum {unknown} */
            venue: "refusing" | "simulated" | "sandbox" | "paper" | "live" | "none";
            /** @enum {unknown} */
            state: "stopped" | "armed" | "running" | "holding" | "sleeping" | "paused" | "cooling" | "halted" | "completed";
            /** @description One line for people: what it does or waits for. */
            state_text: string;
            draft_version: number;
            published_version: number | null;
            has_unpublished_changes: boolean;
            template_id: string | null;
            open_execution_id: string | null;
            last_execution: {
                id: string;
                /** @enum {unknown} */
                status: "pending" | "running" | "waiting" | "completed" | "failed" | "canceled";
                result: ("traded" | "blocked" | "failed" | "canceled") | null;
                reason: string | null;
                ended_at: string | null;
            } | null;
            next_run_at: string | null;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            updated_at: string;
            archived_at: string | null;
        };
        PipelineDetail: {
            id: string;
            name: string;
            description: string;
            symbol: string | null;
            symbols: string[];
            /** @enum {unknown} */
            run_mode: "run_once" | "run_continuous" | "run_scheduled" | "run_on_signal";
            /** @enum {unknown} */
            trading_mode: "validation" | "simulation" | "paper" | "live";
            /** @enum {unknown} */
            venue: "refusing" | "simulated" | "sandbox" | "paper" | "live" | "none";
            /** @enum {unknown} */
            state: "stopped" | "armed" | "running" | "holding" | "sleeping" | "paused" | "cooling" | "halted" | "completed";
            /** @description One line for people: what it does or waits for. */
            state_text: string;
            draft_version: number;
            published_version: number | null;
            has_unpublished_changes: boolean;
            template_id: string | null;
            open_execution_id: string | null;
            last_execution: {
                id: string;
                /** @enum {unknown} */
                status: "pending" | "running" | "waiting" | "completed" | "failed" | "canceled";
                result: ("traded" | "blocked" | "failed" | "canceled") | null;
                reason: string | null;
                ended_at: string | null;
            } | null;
            next_run_at: string | null;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            updated_at: string;
            archived_at: string | null;
            config: {
                [key: string]: unknown;
            };
            latches: components["schemas"]["Latch"][];
        };
        PipelineMode: {
            pipeline_id: string;
            /** @enum {unknown} */
            trading_mode: "validation" | "simulation" | "paper" | "live";
            /** @enum {unknown} */
            venue: "refusing" | "simulated" | "sandbox" | "paper" | "live" | "none";
            draft_version: number;
            published_version: number | null;
            /** @description Every mode in the order of risk, and what is missing for it. */
            ladder: components["schemas"]["ModeStep"][];
        };
        PipelineProblem: {
            code: string;
            /** @enum {unknown} */
            severity: "error" | "warning";
            node_id?: string;
            edge?: {
                from: string;
                to: string;
            };
            field?: string;
            message: string;
            fix?: {
                text: string;
                edits: {
                    [key: string]: unknown;
                }[];
            };
        };
        PipelineRef: {
            id: string;
            name: string;
        };
        PipelineUpdated: {
            /** @enum {string} */
            event: "pipeline_updated";
            seq: number | null;
            journal_seq: number | null;
            execution_id: string | null;
            pipeline_id: string | null;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
        };
        PipelineVersion: {
            version: number;
            content_hash: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            published_at: string;
            note: string | null;
        };
        PipelineVersionDetail: {
            version: number;
            content_hash: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            published_at: string;
            note: string | null;
            document: {
                [key: string]: unknown;
            };
        };
        Position: {
            id: string;
            pipeline_id: string;
            execution_id: string;
            symbol: string;
            /** @enum {unknown} */
            side: "long" | "short";
            /** @enum {unknown} */
            state: "opening" | "protecting" | "open" | "converting" | "closing" | "closed";
            /** @example 150.50 */
            quantity: string;
            /** @example 150.50 */
            intended_quantity: string;
            average_entry: string | null;
            initial_stop: string | null;
            stop: string | null;
            target_1: string | null;
            target_2: string | null;
            last_price: string | null;
            unrealized_pnl: string | null;
            realized_pnl: string | null;
            opened_at: string | null;
            closed_at: string | null;
            /** @enum {unknown} */
            trading_mode: "validation" | "simulation" | "paper" | "live";
        };
        PositionClosed: {
            /** @enum {string} */
            event: "position_closed";
            seq: number | null;
            journal_seq: number | null;
            execution_id: string | null;
            pipeline_id: string | null;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            symbol: string;
            trade: components["schemas"]["Trade"];
        };
        PositionDetail: {
            id: string;
            pipeline_id: string;
            execution_id: string;
            symbol: string;
            /** @enum {unknown} */
            side: "long" | "short";
            /** @enum {unknown} */
            state: "opening" | "protecting" | "open" | "converting" | "closing" | "closed";
            /** @example 150.50 */
            quantity: string;
            /** @example 150.50 */
            intended_quantity: string;
            average_entry: string | null;
            initial_stop: string | null;
            stop: string | null;
            target_1: string | null;
            target_2: string | null;
            last_price: string | null;
            unrealized_pnl: string | null;
            realized_pnl: string | null;
            opened_at: string | null;
            closed_at: string | null;
            /** @enum {unknown} */
            trading_mode: "validation" | "simulation" | "paper" | "live";
            account: components["schemas"]["AccountRef"];
            pipeline: components["schemas"]["PipelineRef"];
            /** @example open: every share has its stop */
            state_text: string;
            last_price_at: string | null;
            unrealized_pct: number | null;
            unrealized_r: number | null;
            /** @example 150.50 */
            fees: string;
            protection: components["schemas"]["Protection"];
            flags: string[];
            close_command_id: string | null;
            latched_since: string | null;
            orders: components["schemas"]["OrderDetail"][];
            stop_moves: components["schemas"]["StopMove"][];
            trade: components["schemas"]["Trade"] | null;
            as_of_seq: number;
        };
        PositionGroup: {
            account: components["schemas"]["AccountRef"];
            open: number;
            /** @example 150.50 */
            market_value: string;
            unrealized_pnl: string | null;
            /** @example 150.50 */
            realized_pnl: string;
            /** @example 150.50 */
            naked: string;
        };
        PositionUpdated: {
            /** @enum {string} */
            event: "position_updated";
            seq: number | null;
            journal_seq: number | null;
            execution_id: string | null;
            pipeline_id: string | null;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            symbol: string;
            position: components["schemas"]["Position"];
        };
        Positions: {
            items: components["schemas"]["HeldPosition"][];
            next_cursor: string | null;
            groups: components["schemas"]["PositionGroup"][];
            external: components["schemas"]["ExternalHolding"][];
            as_of_seq: number;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            /** @example pipeline/not-found */
            code: string;
            detail: string;
            instance: string;
            errors: {
                path: string;
                message: string;
            }[];
        } & {
            [key: string]: unknown;
        };
        Protection: {
            /** @example 150.50 */
            covered: string;
            /** @example 150.50 */
            naked: string;
            /** @example 150.50 */
            naked_share_seconds: string;
            armed: boolean;
            stop_order_id: string | null;
            stop_since: string | null;
            /** @example 66 of 66 shares have a stop at the broker */
            text: string;
        };
        Rearm: {
            symbol: string;
        };
        /** @description Why a lane stopped: the answer to "why not". */
        Refusal: {
            rule: string;
            value: (string | number) | null;
            threshold: (string | number) | null;
            distance: (string | number) | null;
            text: string;
        };
        Release: {
            /** @enum {unknown} */
            scope: "user" | "account" | "pipeline";
            /** Format: uuid */
            scope_id?: string;
            reason: string;
        };
        ReleasePipeline: {
            reason: string;
        };
        Report: {
            id: string;
            execution_id: string;
            pipeline_id: string;
            pipeline_name: string;
            symbol: string | null;
            title: string;
            outcome: string;
            /** @enum {unknown} */
            trading_mode: "validation" | "simulation" | "paper" | "live";
            /** @enum {unknown} */
            venue: "refusing" | "simulated" | "sandbox" | "paper" | "live" | "none";
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            created_at: string;
            version: number;
            source: {
                label: string;
                synthetic: boolean;
                tape_id: string | null;
            };
            lanes: components["schemas"]["ReportLane"][];
            fills_compared?: components["schemas"]["FillsCompared"] | null;
            timeline: {
                /**
                 * Format: date-time
                 * @example 2026-11-27T14:30:00Z
                 */
                timestamp: string;
                event: string;
                agent_id: string | null;
                agent_type: string | null;
                symbol: string | null;
                text: string;
            }[];
        };
        ReportLane: {
            symbol: string;
            title: string;
            outcome: string;
            paragraphs: string[];
            bias: components["schemas"]["BiasSignal"] | null;
            strategy: components["schemas"]["StrategySignal"] | null;
            risk: components["schemas"]["RiskDecision"] | null;
            blocked: components["schemas"]["Blocked"] | null;
            orders: components["schemas"]["Order"][];
            fills: components["schemas"]["Fill"][];
            position: components["schemas"]["Position"] | null;
            trade: components["schemas"]["Trade"] | null;
            levels: {
                entry: string | null;
                stop: string | null;
                initial_stop: string | null;
                target_1: string | null;
                target_2: string | null;
            } | null;
            decided_at: string | null;
        };
        ReportOutput: {
            /** @enum {string} */
            kind: "report";
            value: components["schemas"]["LaneReport"];
        };
        ReportRow: {
            id: string;
            execution_id: string;
            pipeline_id: string;
            pipeline_name: string;
            symbol: string | null;
            title: string;
            outcome: string;
            /** @enum {unknown} */
            trading_mode: "validation" | "simulation" | "paper" | "live";
            /** @enum {unknown} */
            venue: "refusing" | "simulated" | "sandbox" | "paper" | "live" | "none";
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            created_at: string;
        };
        RiskDecision: {
            symbol: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            approved: boolean;
            adjusted: boolean;
            /** @example 150.50 */
            position_size: string;
            /** @example 150.50 */
            close_size: string;
            account_risk_pct: number | null;
            position_risk_amount: string | null;
            /** @example 150.50 */
            notional: string;
            /** @example 150.50 */
            equity: string;
            sizing_price: number;
            /** @enum {unknown} */
            size_reference: "decision_close" | "fill_price";
            size_rule: components["schemas"]["SizeRule"];
            adjustments_made: string | null;
            reasoning: string;
            binding_cap: string | null;
            caps: {
                name: string;
                /** @example 150.50 */
                quantity: string;
            }[];
            refusal: components["schemas"]["Refusal"] | null;
        };
        RiskFractionSizing: {
            /** @enum {string} */
            kind: "risk_fraction";
            fraction: number;
        };
        RiskOutput: {
            /** @enum {string} */
            kind: "risk";
            value: components["schemas"]["RiskDecision"];
        };
        SafetyLimits: {
            items: components["schemas"]["AccountLimits"][];
        };
        SignedIn: {
            user: components["schemas"]["User"];
        };
        /** @description What an entry is sized by, kept so that it can be sized at its fill. */
        SizeRule: {
            sizing: components["schemas"]["Sizing"];
            limits: {
                max_position_fraction: number | null;
                max_symbol_exposure_fraction: number | null;
                gross_exposure_fraction: number | null;
                open_risk_fraction: number | null;
                max_batch_risk_fraction: number | null;
                order_notional: number | null;
                average_volume_shares: number | null;
                max_open_positions: number | null;
                min_risk_reward: number | null;
            };
            allow_short: boolean;
            conviction_factor: number;
            quantity_increment: number;
            price_increment: number;
        };
        Sizing: components["schemas"]["RiskFractionSizing"] | components["schemas"]["EquityFractionSizing"] | components["schemas"]["FixedQuantitySizing"] | components["schemas"]["FixedNotionalSizing"];
        /** @description Where the prices come from, with what must be said wherever they appear. */
        Source: {
            /** @enum {unknown} */
            kind: "demo_tape" | "live";
            tape_id: string | null;
            speed: number | null;
            label: string;
            synthetic: boolean;
        };
        Status: {
            mode_banner: {
                /** @enum {unknown} */
                mode: "validation" | "simulation" | "paper" | "live";
                text: string;
            };
            version: string;
            demo: boolean;
        };
        StepUp: {
            password: string;
        };
        SteppedUp: {
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            until: string;
        };
        StopMove: {
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            at: string;
            /** @example 150.50 */
            stop_price: string;
            order_id: string;
            status: string;
            reason: string | null;
        };
        StopProgress: {
            entries_total: number;
            entries_canceled: number;
            positions_open: number;
            positions_closing: number;
            protective_orders: number;
        };
        StrategyOutput: {
            /** @enum {string} */
            kind: "strategy";
            value: components["schemas"]["StrategySignal"];
        };
        StrategySignal: {
            symbol: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            as_of: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /** @enum {unknown} */
            action: "buy" | "sell" | "hold";
            /** @enum {unknown} */
            intent: "open_long" | "close_long" | "open_short" | "close_short" | "reverse" | "none";
            /** @enum {unknown} */
            entry_order: "market" | "limit";
            conviction: number;
            entry_price: number | null;
            stop_loss: number | null;
            target_1: number | null;
            target_2: number | null;
            risk_reward_ratio: number | null;
            reasoning: string;
            technical_factors: {
                text: string;
                evidence: string[];
            }[];
            atr: number | null;
            break_even_win_rate: number | null;
            hold_reasons: string[];
            warnings: string[];
            /** @enum {unknown} */
            analyst: "rules" | "crew";
            model: string | null;
        };
        Tape: {
            tape_id: string;
            title: string;
            label: string;
            synthetic: boolean;
            symbols: string[];
            /** @enum {unknown} */
            timeframe: "1m" | "5m" | "15m" | "1h" | "4h" | "1d";
            /** @description Session date, included. */
            from: string;
            /** @description Session date, included. */
            to: string;
        };
        Template: {
            template_id: string;
            name: string;
            description: string;
            symbols: string[];
            tags: string[];
            free: boolean;
            document: {
                [key: string]: unknown;
            };
            tape_id: string | null;
        };
        TimerFired: {
            /** @enum {string} */
            event: "timer_fired";
            seq: number | null;
            journal_seq: number;
            execution_id: string;
            pipeline_id: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            command_id: string;
        };
        Trade: {
            id: string;
            position_id: string;
            pipeline_id: string;
            execution_id: string;
            symbol: string;
            /** @enum {unknown} */
            side: "long" | "short";
            /** @example 150.50 */
            quantity: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            entry_time: string;
            /** @example 150.50 */
            entry_price: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            exit_time: string;
            /** @example 150.50 */
            exit_price: string;
            /** @example 150.50 */
            pnl: string;
            /** @example 150.50 */
            fees: string;
            /** @example 150.50 */
            slippage: string;
            r_multiple: number | null;
            close_reason: string;
            /** @enum {unknown} */
            trading_mode: "validation" | "simulation" | "paper" | "live";
            /** @enum {unknown} */
            venue?: "refusing" | "simulated" | "sandbox" | "paper" | "live" | "none";
        };
        TradeExecuted: {
            /** @enum {string} */
            event: "trade_executed";
            seq: number | null;
            journal_seq: number;
            execution_id: string;
            pipeline_id: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            recorded_at: string;
            command_id: string;
            agent_id: string;
            agent_type: string;
            symbol: string | null;
            position_id: string;
            trade: {
                symbol: string;
                /** @enum {unknown} */
                action: "buy" | "sell";
                /** @example 150.50 */
                quantity: string;
                /** @example 150.50 */
                price: string;
                /** @example 150.50 */
                commission: string;
            };
        };
        TradePlan: {
            symbol: string;
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            timestamp: string;
            intents: {
                symbol: string;
                /** @enum {unknown} */
                purpose: "open" | "close";
                /** @enum {unknown} */
                side: "buy" | "sell";
                /** @enum {unknown} */
                type: "market" | "limit";
                /** @example 150.50 */
                quantity: string;
                limit_price: number | null;
                stop_loss: number | null;
                target_1: number | null;
                target_2: number | null;
                sizing_price: number;
                size_at_fill: components["schemas"]["SizeRule"] | null;
            }[];
            exits: {
                /** @enum {unknown} */
                plan: "auto" | "split_exits" | "twin_brackets" | "single_target";
                split_at: number;
                first_target_percent: number;
                move_stop_to_breakeven: boolean;
                breakeven_fees: boolean;
                /** @enum {unknown} */
                single_share_target: "target_1" | "target_2";
                partial_entry_patience_seconds?: number;
                monitoring: boolean;
            };
            entry_valid_ms: number;
            /** @enum {unknown} */
            entry_when_closed: "next_open" | "drop";
            allow_pyramiding: boolean;
            summary: string;
        };
        TradePlanOutput: {
            /** @enum {string} */
            kind: "trade";
            value: components["schemas"]["TradePlan"];
        };
        /** @description Why an execution started. */
        Trigger: {
            node_id: string | null;
            /** @enum {unknown} */
            kind: "manual" | "cycle" | "time" | "technical" | "price" | "news" | "webhook" | "schedule";
            /**
             * Format: date-time
             * @example 2026-11-27T14:30:00Z
             */
            at: string;
            text: string;
        };
        TriggerOutput: {
            /** @enum {string} */
            kind: "trigger";
            value: components["schemas"]["Trigger"];
        };
        Universe: {
            symbols: string[];
            source: string;
            stale: boolean;
        };
        UniverseOutput: {
            /** @enum {string} */
            kind: "universe";
            value: components["schemas"]["Universe"];
        };
        User: {
            id: string;
            email: string;
            display_name: string;
        };
        Validation: {
            problems: components["schemas"]["PipelineProblem"][];
            order: string[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stepUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StepUp"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SteppedUp"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAgents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AgentMetadata"][];
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAgent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent_type: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentMetadata"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listIndicators: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Indicator"][];
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPipelines: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Pipeline"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createPipeline: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineDetail"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    importPipeline: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineDetail"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTemplates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Template"][];
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    validatePipeline: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Validation"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPipeline: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineDetail"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    savePipeline: {
        parameters: {
            query?: never;
            header?: {
                "if-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineDetail"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    archivePipeline: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportPipeline: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    publishPipeline: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    note?: string | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        version: number;
                        content_hash: string;
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    clonePipeline: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineDetail"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPipelineVersions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["PipelineVersion"][];
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPipelineVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineVersionDetail"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    runPipeline: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    source?: {
                        /** @enum {string} */
                        kind: "demo_tape";
                        tape_id?: string | null;
                        speed?: number | null;
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        execution_id: string;
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startPipeline: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    source?: {
                        /** @enum {string} */
                        kind: "demo_tape";
                        tape_id?: string | null;
                        speed?: number | null;
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineDetail"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stopPipeline: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineDetail"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rearmPipeline: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rearm"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineDetail"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    releasePipeline: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReleasePipeline"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineDetail"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPipelineMode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineMode"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePipelineMode: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMode"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineMode"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listExecutions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                pipeline_id?: string;
                status?: "pending" | "running" | "waiting" | "completed" | "failed" | "canceled";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Execution"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getExecution: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Execution"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readJournal: {
        parameters: {
            query?: {
                limit?: number;
                after?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["JournalEvent"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelExecution: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Execution"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                since?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["JournalEvent"][];
                        last_seq: number;
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPositions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                pipeline_id?: string;
                /** @description Which positions; without it, the open ones. */
                state?: "open" | "closed" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Positions"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCloseCommand: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloseCommand"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPosition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a position, or the symbol of the only open one in it. */
                position: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PositionDetail"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    closePosition: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path: {
                /** @description The id of a position, or the symbol of the only open one in it. */
                position: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CloseRequest"];
            };
        };
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAccepted"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    closeAllPositions: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CloseAllRequest"];
            };
        };
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAccepted"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listOrders: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Open: something may still come of it. */
                status?: "open" | "all";
                symbol?: string;
                pipeline_id?: string;
                account_id?: string;
                position_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["OrderRecord"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id under which the broker knows it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderDetail"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTrades: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                pipeline_id?: string;
                trading_mode?: "validation" | "simulation" | "paper" | "live";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Trade"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportTrades: {
        parameters: {
            query?: {
                pipeline_id?: string;
                trading_mode?: "validation" | "simulation" | "paper" | "live";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTrade: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trade"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listReports: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                pipeline_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ReportRow"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTapes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Tape"][];
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMarketSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MarketSession"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readBars: {
        parameters: {
            query: {
                symbol: string;
                timeframe: "1m" | "5m" | "15m" | "1h" | "4h" | "1d";
                /** @description Bars that close later are left out. */
                to?: string;
                limit?: number;
                tape_id?: string;
                execution_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bars"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listLimits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SafetyLimits"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeLimits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LimitsRequest"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountLimits"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getKillSwitch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KillSwitchState"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    engageKillSwitch: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Engage"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KillSwitch"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    releaseKillSwitch: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Release"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KillSwitchState"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listInterventions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Intervention"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAlerts: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description The least that is listed; without it, everything. */
                level?: "notice" | "alarm" | "page";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Alert"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readAudit: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok";
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {unknown} */
                        status: "ok" | "unavailable";
                        checks: {
                            [key: string]: "ok" | "unavailable";
                        };
                    };
                };
            };
            /** @description Default Response */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {unknown} */
                        status: "ok" | "unavailable";
                        checks: {
                            [key: string]: "ok" | "unavailable";
                        };
                    };
                };
            };
            /** @description What is wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
