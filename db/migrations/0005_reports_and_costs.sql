-- What a user reads afterwards: the report of an execution, and what it cost.
CREATE TABLE app.reports (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  pipeline_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  body jsonb NOT NULL CHECK (jsonb_typeof(body) = 'object'),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (user_id, id),
  FOREIGN KEY (user_id, pipeline_id, execution_id) REFERENCES engine.executions (user_id, pipeline_id, id) ON DELETE RESTRICT
);
CREATE INDEX reports_by_user ON app.reports (user_id, created_at DESC, id DESC);
CREATE INDEX reports_by_pipeline ON app.reports (pipeline_id, created_at DESC);
CREATE INDEX reports_by_execution ON app.reports (execution_id);
CALL app.protect_tenant('app.reports');
CALL app.open_to_engine('app.reports');
CALL app.make_insert_only('app.reports');
GRANT SELECT ON app.reports TO bellwether_app;
GRANT SELECT, INSERT ON app.reports TO bellwether_engine;

CREATE TABLE engine.cost_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id uuid NOT NULL,
  pipeline_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  journal_seq integer,
  node_id text,
  agent_type text,
  cost_type text NOT NULL CHECK (cost_type <> ''),
  micros bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT cost_entries_once UNIQUE (execution_id, journal_seq, cost_type),
  FOREIGN KEY (user_id, pipeline_id, execution_id) REFERENCES engine.executions (user_id, pipeline_id, id) ON DELETE RESTRICT
);
COMMENT ON COLUMN engine.cost_entries.micros IS 'Millionths of a US dollar; negative for a correction.';
CREATE INDEX cost_entries_by_user ON engine.cost_entries (user_id, created_at DESC);
CREATE INDEX cost_entries_by_pipeline ON engine.cost_entries (pipeline_id, created_at DESC);
CALL app.protect_tenant('engine.cost_entries');
CALL app.open_to_engine('engine.cost_entries');
CALL app.make_insert_only('engine.cost_entries');
GRANT SELECT ON engine.cost_entries TO bellwether_app;
GRANT SELECT, INSERT ON engine.cost_entries TO bellwether_engine;
