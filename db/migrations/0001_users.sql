-- Users, their sessions, and the tenancy rules that every later table follows.
CREATE SCHEMA IF NOT EXISTS app;
CREATE SCHEMA engine;
GRANT USAGE ON SCHEMA app, engine TO bellwether_app, bellwether_engine;

-- The user of this transaction; null, and therefore no rows, when none was set.
CREATE FUNCTION app.current_user_id() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.user_id', true), '')::uuid;

-- Makes a table a tenant table: forced row-level security, the application sees the current user's rows only.
CREATE PROCEDURE app.protect_tenant(tenant_table regclass, user_column name DEFAULT 'user_id') LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenant_table);
  EXECUTE format(
    'CREATE POLICY tenant ON %s FOR ALL TO bellwether_app
       USING (%2$I = (SELECT app.current_user_id())) WITH CHECK (%2$I = (SELECT app.current_user_id()))',
    tenant_table, user_column);
END $$;

-- Lets the engine work on everybody's rows of a tenant table; grants decide what it may do there.
CREATE PROCEDURE app.open_to_engine(tenant_table regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY engine ON %s FOR ALL TO bellwether_engine USING (true) WITH CHECK (true)', tenant_table);
END $$;

-- Refuses every change of a row that is a record; attached to insert-only tables.
CREATE FUNCTION app.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'expected %.% to be insert only, was %', TG_TABLE_SCHEMA, TG_TABLE_NAME, lower(TG_OP)
    USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
END $$;
CREATE PROCEDURE app.make_insert_only(record_table regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format(
    'CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION app.refuse_change()',
    record_table);
END $$;

CREATE TABLE app.users (
  id uuid PRIMARY KEY,
  email text NOT NULL CHECK (email = lower(email) AND email LIKE '_%@_%' AND length(email) <= 320),
  password_hash text NOT NULL CHECK (password_hash <> ''),
  display text NOT NULL CHECK (length(display) BETWEEN 1 AND 255),
  created_at timestamptz NOT NULL DEFAULT now(),
  archived_at timestamptz,
  CONSTRAINT users_email_unique UNIQUE (email)
);
CALL app.protect_tenant('app.users', 'id');
GRANT SELECT, INSERT, UPDATE (email, password_hash, display, archived_at) ON app.users TO bellwether_app;

CREATE TABLE app.sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES app.users (id) ON DELETE RESTRICT,
  token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
  user_agent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CONSTRAINT sessions_token_unique UNIQUE (token_hash),
  CHECK (expires_at > created_at)
);
CREATE INDEX sessions_by_user ON app.sessions (user_id, created_at DESC);
CALL app.protect_tenant('app.sessions');
GRANT SELECT, INSERT, UPDATE (last_seen_at, expires_at, revoked_at), DELETE ON app.sessions TO bellwether_app;

CREATE TABLE app.idempotency_keys (
  user_id uuid NOT NULL REFERENCES app.users (id) ON DELETE RESTRICT,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  operation text NOT NULL,
  request_hash text NOT NULL,
  response_status integer,
  response_body jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
  PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_by_expiry ON app.idempotency_keys (expires_at);
CALL app.protect_tenant('app.idempotency_keys');
GRANT SELECT, INSERT, UPDATE (response_status, response_body), DELETE ON app.idempotency_keys TO bellwether_app;

-- Before anybody is signed in there is no current user. These two functions answer the two questions asked then, and
-- nothing else; they run as the owner, whom these policies let read.
CREATE POLICY sign_in ON app.users FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY sign_in ON app.sessions FOR SELECT TO CURRENT_USER USING (true);

CREATE FUNCTION app.find_credentials(wanted_email text)
  RETURNS TABLE (user_id uuid, password_hash text, archived_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ SELECT id, password_hash, archived_at FROM app.users WHERE email = lower(wanted_email) $$;

CREATE FUNCTION app.find_session(wanted_hash bytea)
  RETURNS TABLE (session_id uuid, user_id uuid, expires_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ SELECT s.id, s.user_id, s.expires_at FROM app.sessions s JOIN app.users u ON u.id = s.user_id
        WHERE s.token_hash = wanted_hash AND s.revoked_at IS NULL AND s.expires_at > now() AND u.archived_at IS NULL $$;

REVOKE EXECUTE ON FUNCTION app.find_credentials(text), app.find_session(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.find_credentials(text), app.find_session(bytea) TO bellwether_app;
REVOKE EXECUTE ON PROCEDURE app.protect_tenant(regclass, name), app.open_to_engine(regclass), app.make_insert_only(regclass) FROM PUBLIC;
