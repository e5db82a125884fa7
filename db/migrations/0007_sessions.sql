-- Sessions: one pipeline on one tape, held by one worker at a time, with all that must outlive the worker.
CREATE TABLE engine.sessions (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  pipeline_id uuid NOT NULL,
  version integer NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('run', 'start')),
  run_execution_id uuid,
  source jsonb NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'playing', 'ended')),
  run_state text NOT NULL DEFAULT 'stopped',
  market_time timestamptz,
  position jsonb,
  state jsonb,
  stop_requested_at timestamptz,
  end_reason text,
  failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
  retry_at timestamptz,
  fence bigint NOT NULL DEFAULT 0 CHECK (fence >= 0),
  lease_holder text,
  lease_expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  UNIQUE (user_id, id),
  FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, pipeline_id, version) REFERENCES app.pipeline_versions (user_id, pipeline_id, version) ON DELETE RESTRICT,
  CHECK ((purpose = 'run') = (run_execution_id IS NOT NULL)),
  CHECK ((ended_at IS NOT NULL) = (status = 'ended'))
);
COMMENT ON COLUMN engine.sessions.position IS 'Where the tape stands: per symbol the next row, and whether it has opened.';
COMMENT ON COLUMN engine.sessions.state IS 'Triggers, desk and exchange; fixed-point numbers are decimal strings of whole units.';
COMMENT ON COLUMN engine.sessions.fence IS 'Raised by whoever takes the session; a write under an older one changes nothing.';
COMMENT ON COLUMN engine.sessions.lease_expires_at IS 'On the database clock.';
CREATE UNIQUE INDEX sessions_one_live ON engine.sessions (pipeline_id) WHERE status <> 'ended';
CREATE INDEX sessions_by_lease ON engine.sessions (lease_expires_at NULLS FIRST) WHERE status <> 'ended';
CREATE INDEX sessions_by_user ON engine.sessions (user_id, created_at DESC);
CALL app.protect_tenant('engine.sessions');
CALL app.open_to_engine('engine.sessions');
GRANT SELECT, INSERT, UPDATE (stop_requested_at, updated_at) ON engine.sessions TO bellwether_app;
GRANT SELECT, INSERT, UPDATE ON engine.sessions TO bellwether_engine;

-- An execution that lives in a session is driven by whoever holds the session.
ALTER TABLE engine.executions
  ADD COLUMN session_id uuid,
  ADD COLUMN market_time timestamptz,
  ADD FOREIGN KEY (user_id, session_id) REFERENCES engine.sessions (user_id, id) ON DELETE RESTRICT;
CREATE INDEX executions_open_by_session ON engine.executions (session_id) WHERE ended_at IS NULL;

ALTER TABLE engine.positions
  ADD COLUMN intended_quantity numeric(20, 9) NOT NULL DEFAULT 0 CHECK (intended_quantity >= 0),
  ADD COLUMN realized_pnl numeric(20, 6) NOT NULL DEFAULT 0,
  ADD COLUMN fees numeric(20, 6) NOT NULL DEFAULT 0,
  ADD COLUMN last_price numeric(20, 9) CHECK (last_price > 0);
COMMENT ON COLUMN engine.positions.last_price IS 'The newest price that the engine has seen for it.';
