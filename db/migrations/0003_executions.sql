-- Executions, their journal, what comes in (inbox), what goes out (events), triggers and schedule ticks.
CREATE TABLE engine.executions (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  pipeline_id uuid NOT NULL,
  version integer NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'waiting', 'completed', 'failed', 'canceled')),
  trading_mode text NOT NULL CHECK (trading_mode IN ('validation', 'simulation', 'paper', 'live')),
  run_mode text NOT NULL CHECK (run_mode IN ('run_once', 'run_continuous', 'run_scheduled', 'run_on_signal')),
  trigger jsonb NOT NULL,
  trigger_key text NOT NULL CHECK (trigger_key <> ''),
  source jsonb NOT NULL,
  attempt integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  last_seq integer NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
  result text,
  result_reason text,
  total_cost numeric(20, 6) NOT NULL DEFAULT 0 CHECK (total_cost >= 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  ended_at timestamptz,
  UNIQUE (user_id, id),
  UNIQUE (user_id, pipeline_id, id),
  CONSTRAINT executions_trigger_key_unique UNIQUE (pipeline_id, trigger_key),
  FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, pipeline_id, version) REFERENCES app.pipeline_versions (user_id, pipeline_id, version) ON DELETE RESTRICT,
  CHECK ((ended_at IS NOT NULL) = (status IN ('completed', 'failed', 'canceled')))
);
CREATE UNIQUE INDEX executions_one_open ON engine.executions (pipeline_id) WHERE status IN ('pending', 'running', 'waiting');
CREATE INDEX executions_by_user ON engine.executions (user_id, created_at DESC, id DESC);
CREATE INDEX executions_by_pipeline ON engine.executions (pipeline_id, created_at DESC, id DESC);
CALL app.protect_tenant('engine.executions');
CALL app.open_to_engine('engine.executions');
GRANT SELECT, INSERT, UPDATE (status, result, result_reason, ended_at) ON engine.executions TO bellwether_app;
GRANT SELECT, INSERT, UPDATE ON engine.executions TO bellwether_engine;

CREATE TABLE engine.journal (
  execution_id uuid NOT NULL,
  journal_seq integer NOT NULL CHECK (journal_seq >= 0),
  user_id uuid NOT NULL,
  event text NOT NULL CHECK (event <> ''),
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  body jsonb NOT NULL,
  PRIMARY KEY (execution_id, journal_seq),
  FOREIGN KEY (user_id, execution_id) REFERENCES engine.executions (user_id, id) ON DELETE RESTRICT
);
COMMENT ON COLUMN engine.journal.at IS 'On the clock of the market that the execution lives in: real, or the tape''s.';
CALL app.protect_tenant('engine.journal');
CALL app.open_to_engine('engine.journal');
CALL app.make_insert_only('engine.journal');
GRANT SELECT ON engine.journal TO bellwether_app;
GRANT SELECT, INSERT ON engine.journal TO bellwether_engine;

CREATE TABLE engine.inbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  fact jsonb NOT NULL,
  fact_key text,
  created_at timestamptz NOT NULL DEFAULT now(),
  consumed_by integer,
  CONSTRAINT inbox_fact_key_unique UNIQUE (execution_id, fact_key),
  FOREIGN KEY (user_id, execution_id) REFERENCES engine.executions (user_id, id) ON DELETE RESTRICT
);
COMMENT ON COLUMN engine.inbox.fact_key IS 'Makes a fact that is told twice one row; null when it cannot be.';
COMMENT ON COLUMN engine.inbox.consumed_by IS 'The journal_seq of the event that recorded the fact.';
CREATE INDEX inbox_unread ON engine.inbox (execution_id, id) WHERE consumed_by IS NULL;
CALL app.protect_tenant('engine.inbox');
CALL app.open_to_engine('engine.inbox');
GRANT SELECT, INSERT ON engine.inbox TO bellwether_app;
GRANT SELECT, INSERT, UPDATE (consumed_by), DELETE ON engine.inbox TO bellwether_engine;

-- The stream's numbering: taken under this row inside the flush that writes the events, hence without gaps.
CREATE TABLE engine.user_event_counters (
  user_id uuid PRIMARY KEY REFERENCES app.users (id) ON DELETE RESTRICT,
  last_seq bigint NOT NULL DEFAULT 0 CHECK (last_seq >= 0)
);
CALL app.protect_tenant('engine.user_event_counters');
CALL app.open_to_engine('engine.user_event_counters');
GRANT SELECT, INSERT, UPDATE ON engine.user_event_counters TO bellwether_app, bellwether_engine;

CREATE TABLE engine.events (
  user_id uuid NOT NULL REFERENCES app.users (id) ON DELETE RESTRICT,
  seq bigint NOT NULL CHECK (seq >= 1),
  pipeline_id uuid,
  execution_id uuid,
  journal_seq integer,
  body jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, seq),
  CONSTRAINT events_once UNIQUE (execution_id, journal_seq),
  FOREIGN KEY (user_id, execution_id) REFERENCES engine.executions (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines (user_id, id) ON DELETE RESTRICT,
  CHECK (execution_id IS NOT NULL OR journal_seq IS NULL)
);
CALL app.protect_tenant('engine.events');
CALL app.open_to_engine('engine.events');
CALL app.make_insert_only('engine.events');
GRANT SELECT, INSERT ON engine.events TO bellwether_app, bellwether_engine;

-- One question for all connected users tells a tailing process who has news; the rows are then read as that user.
CREATE POLICY tail ON engine.user_event_counters FOR SELECT TO CURRENT_USER USING (true);
CREATE FUNCTION engine.event_heads(users uuid[]) RETURNS TABLE (user_id uuid, last_seq bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ SELECT c.user_id, c.last_seq FROM engine.user_event_counters c WHERE c.user_id = ANY (users) $$;
REVOKE EXECUTE ON FUNCTION engine.event_heads(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION engine.event_heads(uuid[]) TO bellwether_app;

-- What a step saw, once per content; journal events name it by hash.
CREATE TABLE engine.contents (
  user_id uuid NOT NULL REFERENCES app.users (id) ON DELETE RESTRICT,
  hash text NOT NULL CHECK (length(hash) BETWEEN 16 AND 200),
  body jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, hash)
);
CALL app.protect_tenant('engine.contents');
CALL app.open_to_engine('engine.contents');
CALL app.make_insert_only('engine.contents');
GRANT SELECT ON engine.contents TO bellwether_app;
GRANT SELECT, INSERT ON engine.contents TO bellwether_engine;

CREATE TABLE engine.armed_triggers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  pipeline_id uuid NOT NULL,
  node_id text NOT NULL,
  user_id uuid NOT NULL,
  arming bigint NOT NULL CHECK (arming >= 1),
  kind text NOT NULL CHECK (kind <> ''),
  symbol text,
  due_at timestamptz,
  details jsonb NOT NULL DEFAULT '{}',
  execution_id uuid,
  armed_at timestamptz NOT NULL DEFAULT now(),
  fired_at timestamptz,
  disarmed_at timestamptz,
  CONSTRAINT armed_triggers_arming_unique UNIQUE NULLS NOT DISTINCT (pipeline_id, node_id, symbol, arming),
  FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, pipeline_id, execution_id) REFERENCES engine.executions (user_id, pipeline_id, id) ON DELETE RESTRICT,
  CHECK (fired_at IS NULL OR disarmed_at IS NULL)
);
COMMENT ON COLUMN engine.armed_triggers.execution_id IS 'The execution that firing started, or that waits for it.';
CREATE UNIQUE INDEX armed_triggers_one_live ON engine.armed_triggers (pipeline_id, node_id, symbol) NULLS NOT DISTINCT
  WHERE fired_at IS NULL AND disarmed_at IS NULL;
CREATE INDEX armed_triggers_by_due ON engine.armed_triggers (due_at) WHERE fired_at IS NULL AND disarmed_at IS NULL;
CREATE INDEX armed_triggers_by_user ON engine.armed_triggers (user_id, armed_at DESC);
CALL app.protect_tenant('engine.armed_triggers');
CALL app.open_to_engine('engine.armed_triggers');
GRANT SELECT, INSERT, UPDATE ON engine.armed_triggers TO bellwether_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON engine.armed_triggers TO bellwether_engine;

CREATE TABLE engine.schedule_ticks (
  pipeline_id uuid NOT NULL,
  scheduled_for timestamptz NOT NULL,
  user_id uuid NOT NULL,
  version integer NOT NULL,
  outcome text NOT NULL DEFAULT 'pending' CHECK (outcome IN ('pending', 'traded', 'blocked', 'failed', 'skipped', 'missed')),
  reason text,
  execution_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT schedule_ticks_once PRIMARY KEY (pipeline_id, scheduled_for),
  FOREIGN KEY (user_id, pipeline_id, version) REFERENCES app.pipeline_versions (user_id, pipeline_id, version) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, pipeline_id, execution_id) REFERENCES engine.executions (user_id, pipeline_id, id) ON DELETE RESTRICT
);
CREATE INDEX schedule_ticks_by_user ON engine.schedule_ticks (user_id, scheduled_for DESC);
CREATE INDEX schedule_ticks_by_execution ON engine.schedule_ticks (execution_id) WHERE execution_id IS NOT NULL;
CALL app.protect_tenant('engine.schedule_ticks');
CALL app.open_to_engine('engine.schedule_ticks');
GRANT SELECT ON engine.schedule_ticks TO bellwether_app;
GRANT SELECT, INSERT, UPDATE (outcome, reason, execution_id) ON engine.schedule_ticks TO bellwether_engine;
