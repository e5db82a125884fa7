-- Sessions on live prices: one that has nothing to do waits as a row, and is woken by an instant or by something that was watched for.
ALTER TABLE engine.sessions DROP CONSTRAINT sessions_status_check,
  ADD CONSTRAINT sessions_status_check CHECK (status IN ('pending', 'playing', 'waiting', 'ended')),
  ADD COLUMN wakes_at timestamptz,
  ADD COLUMN symbols jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(symbols) = 'array'),
  ADD CONSTRAINT sessions_only_waiting_wake CHECK (wakes_at IS NULL OR status = 'waiting');
COMMENT ON COLUMN engine.sessions.wakes_at IS 'When a waiting session is to be looked at; null waits for a trigger only.';
COMMENT ON COLUMN engine.sessions.symbols IS 'What a session on live prices follows while it is played.';
-- A million that wait cost the search for free ones nothing.
DROP INDEX engine.sessions_by_lease;
CREATE INDEX sessions_by_lease ON engine.sessions (lease_expires_at NULLS FIRST) WHERE status IN ('pending', 'playing');
CREATE INDEX sessions_by_waking ON engine.sessions (wakes_at) WHERE status = 'waiting';
CREATE INDEX sessions_followed ON engine.sessions (id) WHERE status = 'playing' AND symbols <> '[]';

-- What a feed watches for on behalf of sessions that wait. Made when a session begins to wait, gone when it is played again.
-- The table of this name that was never written to watched for executions, one by one.
DROP TABLE engine.armed_triggers;
CREATE TABLE engine.armed_triggers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id uuid NOT NULL,
  session_id uuid NOT NULL,
  pipeline_id uuid NOT NULL,
  arming bigint NOT NULL CHECK (arming >= 0),
  node_id text NOT NULL CHECK (node_id <> ''),
  kind text NOT NULL CHECK (kind IN ('technical', 'price', 'news', 'webhook')),
  symbol text CHECK (symbol <> ''),
  watch jsonb NOT NULL CHECK (jsonb_typeof(watch) = 'object'),
  memory jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(memory) = 'object'),
  armed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT armed_triggers_once UNIQUE NULLS NOT DISTINCT (session_id, arming, node_id, symbol),
  FOREIGN KEY (user_id, session_id) REFERENCES engine.sessions (user_id, id) ON DELETE RESTRICT
);
COMMENT ON COLUMN engine.armed_triggers.arming IS 'The fence under which the session began to wait.';
COMMENT ON COLUMN engine.armed_triggers.memory IS 'What the trigger remembered then: was_met, quiet_until, last_session, previous, armed_at price.';
CREATE INDEX armed_triggers_by_pipeline ON engine.armed_triggers (pipeline_id, kind);
CALL app.protect_tenant('engine.armed_triggers');
CALL app.open_to_engine('engine.armed_triggers');
GRANT SELECT ON engine.armed_triggers TO bellwether_app;
GRANT SELECT, INSERT, DELETE ON engine.armed_triggers TO bellwether_engine;

-- Something fired: one row per firing, unique by its cause, read by whoever plays the session.
CREATE TABLE engine.trigger_signals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id uuid NOT NULL,
  session_id uuid NOT NULL,
  key text NOT NULL CHECK (key <> ''),
  node_id text NOT NULL CHECK (node_id <> ''),
  kind text NOT NULL CHECK (kind IN ('technical', 'price', 'news', 'webhook')),
  symbol text CHECK (symbol <> ''),
  at timestamptz NOT NULL,
  text text NOT NULL,
  body jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  done_at timestamptz,
  outcome text,
  CONSTRAINT trigger_signals_once UNIQUE (session_id, key),
  FOREIGN KEY (user_id, session_id) REFERENCES engine.sessions (user_id, id) ON DELETE RESTRICT,
  CHECK (outcome IS NULL OR done_at IS NOT NULL)
);
COMMENT ON COLUMN engine.trigger_signals.key IS 'What makes a firing that is told twice one row: arming, node and symbol, or the sender''s own id.';
COMMENT ON COLUMN engine.trigger_signals.outcome IS 'started, or why nothing was.';
CREATE INDEX trigger_signals_undone ON engine.trigger_signals (session_id, id) WHERE done_at IS NULL;
CALL app.protect_tenant('engine.trigger_signals');
CALL app.open_to_engine('engine.trigger_signals');
GRANT SELECT ON engine.trigger_signals TO bellwether_app;
GRANT SELECT, INSERT, UPDATE (done_at, outcome) ON engine.trigger_signals TO bellwether_engine;
