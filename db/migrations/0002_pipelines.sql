-- The saved document, its frozen versions, and the audit log.
CREATE TABLE app.pipelines (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES app.users (id) ON DELETE RESTRICT,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  description text NOT NULL DEFAULT '',
  config jsonb NOT NULL CHECK (jsonb_typeof(config) = 'object'),
  draft_version integer NOT NULL DEFAULT 1 CHECK (draft_version >= 1),
  published_version integer,
  state text NOT NULL DEFAULT 'stopped' CHECK (state IN
    ('stopped', 'armed', 'running', 'holding', 'sleeping', 'paused', 'cooling', 'halted', 'completed')),
  state_reason text,
  state_until timestamptz,
  run_mode text NOT NULL DEFAULT 'run_once' CHECK (run_mode IN ('run_once', 'run_continuous', 'run_scheduled', 'run_on_signal')),
  trading_mode text NOT NULL DEFAULT 'simulation' CHECK (trading_mode IN ('validation', 'simulation', 'paper', 'live')),
  next_due_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  archived_at timestamptz,
  UNIQUE (user_id, id)
);
CREATE INDEX pipelines_by_user ON app.pipelines (user_id, created_at DESC, id DESC);
CREATE INDEX pipelines_by_due ON app.pipelines (next_due_at) WHERE next_due_at IS NOT NULL AND archived_at IS NULL;
CREATE INDEX pipelines_by_state ON app.pipelines (state) WHERE state IN ('armed', 'running', 'holding', 'sleeping', 'cooling');
CALL app.protect_tenant('app.pipelines');
CALL app.open_to_engine('app.pipelines');
GRANT SELECT, INSERT, UPDATE ON app.pipelines TO bellwether_app;
GRANT SELECT, UPDATE (state, state_reason, state_until, next_due_at, updated_at) ON app.pipelines TO bellwether_engine;

CREATE TABLE app.pipeline_versions (
  pipeline_id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  user_id uuid NOT NULL,
  content_hash text NOT NULL CHECK (length(content_hash) BETWEEN 16 AND 200),
  document jsonb NOT NULL CHECK (jsonb_typeof(document) = 'object'),
  published_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pipeline_id, version),
  UNIQUE (user_id, pipeline_id, version),
  FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines (user_id, id) ON DELETE RESTRICT
);
CALL app.protect_tenant('app.pipeline_versions');
CALL app.open_to_engine('app.pipeline_versions');
CALL app.make_insert_only('app.pipeline_versions');
GRANT SELECT, INSERT ON app.pipeline_versions TO bellwether_app;
GRANT SELECT ON app.pipeline_versions TO bellwether_engine;

ALTER TABLE app.pipelines ADD CONSTRAINT pipelines_published_version FOREIGN KEY (user_id, id, published_version)
  REFERENCES app.pipeline_versions (user_id, pipeline_id, version) ON DELETE RESTRICT;

-- Append-only and hash-chained per user: each entry's hash covers the one before it.
-- Place, instant and hashes are set by a trigger, whatever the writer says.
CREATE TABLE app.audit_log (
  user_id uuid NOT NULL REFERENCES app.users (id) ON DELETE RESTRICT,
  seq bigint NOT NULL DEFAULT 0,
  actor text NOT NULL CHECK (actor <> ''),
  action text NOT NULL CHECK (action <> ''),
  subject_type text NOT NULL,
  subject_id text NOT NULL,
  details jsonb NOT NULL DEFAULT '{}',
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  previous_hash bytea,
  hash bytea NOT NULL DEFAULT '',
  PRIMARY KEY (user_id, seq)
);

CREATE FUNCTION app.audit_hash(entry app.audit_log) RETURNS bytea LANGUAGE sql STABLE
  RETURN sha256(convert_to(jsonb_build_array(
    coalesce(encode((entry).previous_hash, 'hex'), ''), (entry).user_id, (entry).seq, (entry).actor, (entry).action,
    (entry).subject_type, (entry).subject_id, (entry).details, extract(epoch FROM (entry).recorded_at))::text, 'UTF8'));

CREATE FUNCTION app.chain_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last app.audit_log;
BEGIN
  -- Two entries of one user must not take the same place.
  PERFORM pg_advisory_xact_lock(hashtextextended('audit ' || NEW.user_id, 0));
  SELECT * INTO last FROM app.audit_log WHERE user_id = NEW.user_id ORDER BY seq DESC LIMIT 1;
  NEW.seq := coalesce(last.seq, 0) + 1;
  NEW.previous_hash := last.hash;
  NEW.recorded_at := clock_timestamp();
  NEW.hash := app.audit_hash(NEW);
  RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON app.audit_log FOR EACH ROW EXECUTE FUNCTION app.chain_audit_entry();
CALL app.protect_tenant('app.audit_log');
CALL app.open_to_engine('app.audit_log');
CALL app.make_insert_only('app.audit_log');
GRANT SELECT, INSERT ON app.audit_log TO bellwether_app, bellwether_engine;
