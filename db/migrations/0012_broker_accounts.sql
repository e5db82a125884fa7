-- Broker accounts: who works on one, what is asked of it, what stands against trading on it, and the record of every manual act.

-- A broker account has an id of its own and is held by one worker at a time; a simulated one stays its pipeline's, and carries its id.
ALTER TABLE engine.accounts
  ADD COLUMN label text CHECK (label IN ('sandbox', 'paper', 'live')),
  ADD COLUMN broker text CHECK (broker <> ''),
  ADD COLUMN broker_account_id text CHECK (broker_account_id <> ''),
  ADD COLUMN connection jsonb CHECK (jsonb_typeof(connection) = 'object'),
  ADD COLUMN fence bigint NOT NULL DEFAULT 0 CHECK (fence >= 0),
  ADD COLUMN lease_holder text,
  ADD COLUMN lease_expires_at timestamptz,
  ADD COLUMN busy boolean NOT NULL DEFAULT false,
  ADD COLUMN gate_open boolean NOT NULL DEFAULT false,
  ADD COLUMN memory jsonb,
  ADD COLUMN snapshot jsonb,
  ADD COLUMN external jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(external) = 'array'),
  ADD COLUMN event_seq bigint NOT NULL DEFAULT 0 CHECK (event_seq >= 0),
  ADD COLUMN limits jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(limits) = 'object'),
  ADD CONSTRAINT accounts_broker_is_named CHECK (
    CASE kind WHEN 'broker' THEN label IS NOT NULL AND broker IS NOT NULL ELSE label IS NULL AND broker IS NULL END),
  -- The last of the checks that keep real money apart: an account that is not live never takes a live order, nor the reverse.
  ADD CONSTRAINT accounts_label_fits_mode CHECK (label IS NULL OR (label = 'live') = (trading_mode = 'live')),
  ADD CONSTRAINT accounts_connection_without_secret CHECK (
    NOT connection ?| ARRAY['secret', 'secret_key', 'api_secret', 'secretKey', 'apiSecret', 'password', 'token']);
COMMENT ON COLUMN engine.accounts.connection IS 'Where and how the broker is reached; never a secret.';
COMMENT ON COLUMN engine.accounts.fence IS 'Raised by whoever takes the account; a write under an older one changes nothing.';
COMMENT ON COLUMN engine.accounts.lease_expires_at IS 'On the database clock.';
COMMENT ON COLUMN engine.accounts.busy IS 'Something is on its way to the broker or waits to be sent: not quiet.';
COMMENT ON COLUMN engine.accounts.gate_open IS 'A full reconciliation has ended clean since the holder began; entries wait until then.';
COMMENT ON COLUMN engine.accounts.external IS 'Holdings that no pipeline owns, as {symbol, quantity (signed), average_entry}.';
COMMENT ON COLUMN engine.accounts.limits IS
  'What its owner changed from the defaults and is in force at once; a raise waits in account_limit_changes: read engine.limits_of.';
CREATE UNIQUE INDEX accounts_one_sandbox ON engine.accounts (pipeline_id) WHERE kind = 'broker' AND label = 'sandbox';
-- Two ledgers of one real account would each take the other's shares for the user's own.
CREATE UNIQUE INDEX accounts_broker_account_unique ON engine.accounts (broker, label, broker_account_id)
  WHERE broker_account_id IS NOT NULL AND label <> 'sandbox';
CREATE INDEX accounts_by_lease ON engine.accounts (lease_expires_at NULLS FIRST) WHERE kind = 'broker';
GRANT UPDATE (limits, updated_at) ON engine.accounts TO bellwether_app;

ALTER TABLE engine.positions ADD COLUMN memory jsonb;
COMMENT ON COLUMN engine.positions.memory IS 'The account machine''s position with its orders; fixed-point numbers are decimal strings of whole units.';

ALTER TABLE engine.orders ADD COLUMN approved_at timestamptz;
COMMENT ON COLUMN engine.orders.approved_at IS 'When the gate let it through last; an entry may be sent for 30 s after.';
CREATE OR REPLACE FUNCTION engine.keep_order_request() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  state_columns CONSTANT text[] := ARRAY['state', 'state_reason', 'filled_quantity', 'filled_amount', 'broker_order_id',
    'group_id', 'approved_at', 'submitted_at', 'ended_at', 'updated_at'];
BEGIN
  IF to_jsonb(NEW) - state_columns IS DISTINCT FROM to_jsonb(OLD) - state_columns
     OR (OLD.broker_order_id IS NOT NULL AND NEW.broker_order_id IS DISTINCT FROM OLD.broker_order_id) THEN
    RAISE EXCEPTION 'expected the request of order % to stay as approved, was changed', OLD.client_order_id
      USING ERRCODE = 'restrict_violation', SCHEMA = 'engine', TABLE = 'orders', CONSTRAINT = 'orders_request_immutable';
  END IF;
  RETURN NEW;
END $$;

-- An order trades its position's symbol on its position's account, and on the side that its purpose says. A close may be on either:
-- shares of the wrong sign, left by a double exit, are traded back.
CREATE FUNCTION engine.check_order_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  owner engine.positions;
BEGIN
  SELECT * INTO owner FROM engine.positions WHERE id = NEW.position_id;
  IF owner.account_id <> NEW.account_id OR owner.pipeline_id <> NEW.pipeline_id OR owner.symbol <> NEW.symbol
     OR (NEW.purpose <> 'close' AND ((owner.side = 'long') = (NEW.purpose = 'entry')) <> (NEW.side = 'buy')) THEN
    RAISE EXCEPTION 'expected % order % to fit its position (% % of account %), was % % on account %', NEW.purpose, NEW.client_order_id,
      owner.side, owner.symbol, owner.account_id, NEW.side, NEW.symbol, NEW.account_id
      USING ERRCODE = 'check_violation', SCHEMA = 'engine', TABLE = 'orders', CONSTRAINT = 'orders_fit_position';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER fits_position AFTER INSERT ON engine.orders FOR EACH ROW EXECUTE FUNCTION engine.check_order_fits();

-- One execution told under two ids would be booked twice: fills of an order never exceed what was ordered.
CREATE FUNCTION engine.check_fill_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ordered engine.orders;
  booked numeric;
BEGIN
  SELECT * INTO ordered FROM engine.orders WHERE id = NEW.order_id;
  SELECT sum(quantity) INTO booked FROM engine.fills WHERE order_id = NEW.order_id;
  IF ordered.account_id <> NEW.account_id OR booked > ordered.quantity THEN
    RAISE EXCEPTION 'expected the fills of order % (% on account %) not to exceed it, were % on account %', ordered.client_order_id,
      ordered.quantity, ordered.account_id, booked, NEW.account_id
      USING ERRCODE = 'check_violation', SCHEMA = 'engine', TABLE = 'fills', CONSTRAINT = 'fills_fit_order';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER fits_order AFTER INSERT ON engine.fills FOR EACH ROW EXECUTE FUNCTION engine.check_fill_fits();

-- What is asked of an account and of a session. A key heard twice is one row.
CREATE TABLE engine.account_inbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id uuid NOT NULL,
  user_id uuid NOT NULL,
  key text NOT NULL CHECK (key <> ''),
  kind text NOT NULL CHECK (kind IN ('proposal', 'close', 'cancel_entries', 'market')),
  body jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  done_at timestamptz,
  outcome text,
  outcome_text text,
  CONSTRAINT account_inbox_key_unique UNIQUE (account_id, key),
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT,
  CHECK (outcome IS NULL OR done_at IS NOT NULL)
);
COMMENT ON COLUMN engine.account_inbox.body IS
  'close: {position_id, reason, intervention_id}; cancel_entries: {pipeline_id, execution_id, reason}, either id may be null.';
CREATE INDEX account_inbox_undone ON engine.account_inbox (account_id, id) WHERE done_at IS NULL;
CALL app.protect_tenant('engine.account_inbox');
CALL app.open_to_engine('engine.account_inbox');
-- Proposals and prices come from sessions; a user can only ask for less risk.
CREATE POLICY app_asks ON engine.account_inbox AS RESTRICTIVE FOR INSERT TO bellwether_app WITH CHECK (kind IN ('close', 'cancel_entries'));
GRANT SELECT, INSERT ON engine.account_inbox TO bellwether_app, bellwether_engine;
GRANT UPDATE (done_at, outcome, outcome_text) ON engine.account_inbox TO bellwether_engine;

CREATE TABLE engine.session_requests (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_id uuid NOT NULL,
  user_id uuid NOT NULL,
  key text NOT NULL CHECK (key <> ''),
  kind text NOT NULL CHECK (kind IN ('close', 'cancel_entries')),
  body jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  done_at timestamptz,
  outcome text CHECK (outcome IN ('taken', 'refused')),
  outcome_text text,
  CONSTRAINT session_requests_key_unique UNIQUE (session_id, key),
  FOREIGN KEY (user_id, session_id) REFERENCES engine.sessions (user_id, id) ON DELETE RESTRICT,
  CHECK (outcome IS NULL OR done_at IS NOT NULL)
);
COMMENT ON TABLE engine.session_requests IS 'What a user asks of a simulated desk; the session''s holder reads it where it reads stop_requested_at.';
COMMENT ON COLUMN engine.session_requests.body IS 'close: {position_id, reason, intervention_id}; cancel_entries: {reason}.';
CREATE INDEX session_requests_undone ON engine.session_requests (session_id, id) WHERE done_at IS NULL;
CALL app.protect_tenant('engine.session_requests');
CALL app.open_to_engine('engine.session_requests');
GRANT SELECT, INSERT ON engine.session_requests TO bellwether_app;
GRANT SELECT, UPDATE (done_at, outcome, outcome_text) ON engine.session_requests TO bellwether_engine;

CREATE TABLE engine.account_events (
  account_id uuid NOT NULL,
  seq bigint NOT NULL CHECK (seq >= 1),
  user_id uuid NOT NULL,
  pipeline_id uuid NOT NULL,
  at timestamptz NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (account_id, seq),
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines (user_id, id) ON DELETE RESTRICT
);
COMMENT ON TABLE engine.account_events IS 'What a simulated desk would have told its session, in the order in which it happened on the account.';
CREATE INDEX account_events_by_pipeline ON engine.account_events (account_id, pipeline_id, seq);

-- What stands against trading. A row is engaged once and released once; between the two nothing about it changes. Asked after the
-- update, when generated columns have their values.
CREATE FUNCTION engine.keep_engaged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  release_columns CONSTANT text[] := TG_ARGV::text[];
BEGIN
  IF to_jsonb(NEW) - release_columns IS DISTINCT FROM to_jsonb(OLD) - release_columns
     OR EXISTS (SELECT 1 FROM unnest(release_columns) released WHERE to_jsonb(OLD) ->> released IS NOT NULL) THEN
    RAISE EXCEPTION 'expected %.% % to be released once and otherwise to stay as it was, was changed', TG_TABLE_SCHEMA, TG_TABLE_NAME, OLD.id
      USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = TG_TABLE_NAME || '_released_once';
  END IF;
  RETURN NULL;
END $$;

CREATE TABLE engine.kill_switches (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid REFERENCES app.users (id) ON DELETE RESTRICT,
  scope text NOT NULL CHECK (scope IN ('platform', 'user', 'account', 'pipeline')),
  scope_id uuid,
  flatten boolean NOT NULL DEFAULT false,
  reason text NOT NULL CHECK (reason <> ''),
  engaged_by text NOT NULL CHECK (engaged_by <> ''),
  engaged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  released_at timestamptz,
  released_by text CHECK (released_by <> ''),
  release_reason text CHECK (release_reason <> ''),
  account_id uuid GENERATED ALWAYS AS (CASE scope WHEN 'account' THEN scope_id END) STORED,
  pipeline_id uuid GENERATED ALWAYS AS (CASE scope WHEN 'pipeline' THEN scope_id END) STORED,
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines (user_id, id) ON DELETE RESTRICT,
  CONSTRAINT kill_switches_scope_is_named CHECK (CASE scope
    WHEN 'platform' THEN user_id IS NULL AND scope_id IS NULL
    WHEN 'user' THEN user_id IS NOT NULL AND scope_id IS NOT NULL AND scope_id = user_id
    ELSE user_id IS NOT NULL AND scope_id IS NOT NULL END),
  CONSTRAINT kill_switches_release_is_whole CHECK (num_nulls(released_at, released_by, release_reason) IN (0, 3)),
  CHECK (released_at >= engaged_at)
);
COMMENT ON TABLE engine.kill_switches IS 'The platform''s rows belong to no user, stand against everybody, and are written by the engine only.';
CREATE UNIQUE INDEX kill_switches_one_engaged ON engine.kill_switches (scope, scope_id) NULLS NOT DISTINCT WHERE released_at IS NULL;
CREATE INDEX kill_switches_engaged ON engine.kill_switches (user_id) WHERE released_at IS NULL;
CREATE INDEX kill_switches_by_user ON engine.kill_switches (user_id, engaged_at DESC, id DESC);
CREATE TRIGGER released_once AFTER UPDATE ON engine.kill_switches
  FOR EACH ROW EXECUTE FUNCTION engine.keep_engaged('released_at', 'released_by', 'release_reason');
CREATE TRIGGER kept BEFORE DELETE ON engine.kill_switches FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CALL app.protect_tenant('engine.kill_switches');
CALL app.open_to_engine('engine.kill_switches');
CREATE POLICY platform ON engine.kill_switches FOR SELECT TO bellwether_app
  USING (user_id IS NULL AND (SELECT app.current_user_id()) IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (released_at, released_by, release_reason) ON engine.kill_switches TO bellwether_app, bellwether_engine;

CREATE TABLE engine.safety_states (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  account_id uuid NOT NULL,
  scope text NOT NULL CHECK (scope IN ('account', 'pipeline')),
  pipeline_id uuid,
  state text NOT NULL CHECK (state IN ('reducing', 'halted')),
  cause text NOT NULL CHECK (cause <> ''),
  text text NOT NULL,
  engaged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  end_reason text CHECK (end_reason <> ''),
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines (user_id, id) ON DELETE RESTRICT,
  CHECK ((scope = 'pipeline') = (pipeline_id IS NOT NULL)),
  CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
COMMENT ON TABLE engine.safety_states IS 'What the safety kernel demanded: losses, drawdown, drift, refusals; the engine ends what heals, its owner releases a halt.';
CREATE UNIQUE INDEX safety_states_one_open ON engine.safety_states (account_id, scope, pipeline_id, cause) NULLS NOT DISTINCT
  WHERE ended_at IS NULL;
CREATE INDEX safety_states_by_user ON engine.safety_states (user_id, engaged_at DESC);
CREATE TRIGGER released_once AFTER UPDATE ON engine.safety_states
  FOR EACH ROW EXECUTE FUNCTION engine.keep_engaged('ended_at', 'end_reason');
CREATE TRIGGER kept BEFORE DELETE ON engine.safety_states FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CALL app.protect_tenant('engine.safety_states');
CALL app.open_to_engine('engine.safety_states');
GRANT SELECT, UPDATE (ended_at, end_reason) ON engine.safety_states TO bellwether_app;
GRANT SELECT, INSERT, UPDATE (ended_at, end_reason) ON engine.safety_states TO bellwether_engine;

CREATE TABLE engine.symbol_latches (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  pipeline_id uuid NOT NULL,
  symbol text NOT NULL CHECK (symbol <> ''),
  engaged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  reason text NOT NULL CHECK (reason <> ''),
  released_at timestamptz,
  FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines (user_id, id) ON DELETE RESTRICT,
  CHECK (released_at >= engaged_at)
);
COMMENT ON TABLE engine.symbol_latches IS 'A pipeline opens nothing in a symbol that was closed by hand, until its owner re-arms it.';
CREATE UNIQUE INDEX symbol_latches_one_engaged ON engine.symbol_latches (pipeline_id, symbol) WHERE released_at IS NULL;
CREATE INDEX symbol_latches_by_user ON engine.symbol_latches (user_id) WHERE released_at IS NULL;
CREATE TRIGGER released_once AFTER UPDATE ON engine.symbol_latches FOR EACH ROW EXECUTE FUNCTION engine.keep_engaged('released_at');
CREATE TRIGGER kept BEFORE DELETE ON engine.symbol_latches FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CALL app.protect_tenant('engine.symbol_latches');
CALL app.open_to_engine('engine.symbol_latches');
GRANT SELECT, INSERT, UPDATE (released_at) ON engine.symbol_latches TO bellwether_app, bellwether_engine;

-- Records: insert only.
CREATE TABLE engine.manual_interventions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES app.users (id) ON DELETE RESTRICT,
  account_id uuid,
  kind text NOT NULL CHECK (kind IN ('close', 'close_all', 'cancel_entries', 'kill_switch', 'kill_switch_release', 'release', 'rearm')),
  target text NOT NULL CHECK (target <> ''),
  reason text NOT NULL CHECK (reason <> ''),
  idempotency_key text CHECK (idempotency_key <> ''),
  body jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(body) = 'object'),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (user_id, id),
  CONSTRAINT manual_interventions_key_unique UNIQUE (user_id, idempotency_key),
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT
);
COMMENT ON COLUMN engine.manual_interventions.account_id IS 'Null when it concerns all accounts of the user, or a pipeline.';
COMMENT ON COLUMN engine.manual_interventions.body IS 'close, close_all: {positions: [position ids that are to be closed], …}.';
CREATE INDEX manual_interventions_by_user ON engine.manual_interventions (user_id, at DESC, id DESC);

CREATE TABLE engine.intervention_outcomes (
  intervention_id uuid NOT NULL,
  position_id text NOT NULL,
  user_id uuid NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('closed', 'partly_closed', 'failed', 'nothing_to_close')),
  text text NOT NULL DEFAULT '',
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (intervention_id, position_id),
  FOREIGN KEY (user_id, intervention_id) REFERENCES engine.manual_interventions (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, position_id) REFERENCES engine.positions (user_id, id) ON DELETE RESTRICT
);

CREATE TABLE engine.reconciliation_runs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  account_id uuid NOT NULL,
  at timestamptz NOT NULL,
  cause text NOT NULL CHECK (cause <> ''),
  found jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(found) = 'array'),
  clean boolean NOT NULL,
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT
);
CREATE INDEX reconciliation_runs_by_account ON engine.reconciliation_runs (account_id, at DESC);

CREATE TABLE engine.capability_results (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  account_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  flags jsonb NOT NULL CHECK (jsonb_typeof(flags) = 'object'),
  evidence jsonb NOT NULL,
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT
);
CREATE INDEX capability_results_by_account ON engine.capability_results (account_id, at DESC);

CREATE TABLE engine.alerts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  account_id uuid NOT NULL,
  level text NOT NULL CHECK (level IN ('notice', 'alarm', 'page')),
  code text NOT NULL CHECK (code <> ''),
  symbol text,
  position_id text,
  pipeline_id uuid,
  text text NOT NULL CHECK (text <> ''),
  at timestamptz NOT NULL,
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines (user_id, id) ON DELETE RESTRICT
);
CREATE INDEX alerts_by_user ON engine.alerts (user_id, at DESC, id DESC);

CREATE TABLE engine.mode_changes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  pipeline_id uuid NOT NULL,
  old_mode text NOT NULL CHECK (old_mode IN ('validation', 'simulation', 'paper', 'live')),
  new_mode text NOT NULL CHECK (new_mode IN ('validation', 'simulation', 'paper', 'live')),
  reason text NOT NULL CHECK (reason <> ''),
  changed_by text NOT NULL CHECK (changed_by <> ''),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines (user_id, id) ON DELETE RESTRICT,
  CHECK (old_mode <> new_mode)
);
CREATE INDEX mode_changes_by_pipeline ON engine.mode_changes (pipeline_id, at DESC);

CREATE TABLE engine.account_limit_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id uuid NOT NULL,
  account_id uuid NOT NULL,
  old jsonb NOT NULL CHECK (jsonb_typeof(old) = 'object'),
  new jsonb NOT NULL CHECK (jsonb_typeof(new) = 'object' AND new <> '{}'),
  effective_from timestamptz NOT NULL,
  changed_by text NOT NULL CHECK (changed_by <> ''),
  reason text NOT NULL CHECK (reason <> ''),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT
);
COMMENT ON COLUMN engine.account_limit_changes.new IS 'The limits that change, and only those; the later change of one limit counts, once it is in force.';
CREATE INDEX account_limit_changes_by_account ON engine.account_limit_changes (account_id, id);

DO $$
DECLARE
  record_table text;
BEGIN
  FOREACH record_table IN ARRAY ARRAY['account_events', 'manual_interventions', 'intervention_outcomes', 'reconciliation_runs',
    'capability_results', 'alerts', 'mode_changes', 'account_limit_changes'] LOOP
    EXECUTE format('CALL app.protect_tenant(%L)', 'engine.' || record_table);
    EXECUTE format('CALL app.open_to_engine(%L)', 'engine.' || record_table);
    EXECUTE format('CALL app.make_insert_only(%L)', 'engine.' || record_table);
    EXECUTE format('GRANT SELECT ON engine.%I TO bellwether_app, bellwether_engine', record_table);
  END LOOP;
END $$;
GRANT INSERT ON engine.account_events, engine.intervention_outcomes, engine.reconciliation_runs, engine.capability_results, engine.alerts
  TO bellwether_engine;
GRANT INSERT ON engine.manual_interventions, engine.mode_changes, engine.account_limit_changes TO bellwether_app;

-- Everything that stands against entries on an account: kill switches of the platform, the user, the account and the user's pipelines,
-- the safety kernel's states, and latched symbols. One row per obstacle, none when all is clear.
-- `target` is an account's id, or the id of a pipeline that trades on its simulated account, whether or not that exists yet.
--   platform  pipeline_id null            Standing.platform
--   account   pipeline_id null            Standing.account, accountCause (a switch of the user stands against every account)
--   pipeline  pipeline_id                 Standing.pipelines
--   symbol    pipeline_id, symbol         Standing.latched; state is 'halted' for that symbol alone
-- `flatten` asks for every own position in the scope to be closed. A reader takes the strictest state of each scope.
CREATE FUNCTION engine.standing_of(target uuid)
  RETURNS TABLE (scope text, pipeline_id uuid, symbol text, state text, cause text, detail text, flatten boolean, since timestamptz)
  LANGUAGE sql STABLE
  AS $$
    WITH owned AS (
      SELECT a.user_id, a.id AS account_id FROM engine.accounts a WHERE a.id = target
      UNION SELECT p.user_id, p.id FROM app.pipelines p WHERE p.id = target
    )
    SELECT CASE k.scope WHEN 'user' THEN 'account' ELSE k.scope END, k.pipeline_id, NULL::text, 'halted', 'kill_switch', k.reason, k.flatten, k.engaged_at
      FROM engine.kill_switches k WHERE k.released_at IS NULL AND k.user_id IS NULL
    UNION ALL
    SELECT CASE k.scope WHEN 'user' THEN 'account' ELSE k.scope END, k.pipeline_id, NULL, 'halted', 'kill_switch', k.reason, k.flatten, k.engaged_at
      FROM owned JOIN engine.kill_switches k ON k.user_id = owned.user_id
     WHERE k.released_at IS NULL AND (k.scope <> 'account' OR k.account_id = owned.account_id)
    UNION ALL
    SELECT s.scope, s.pipeline_id, NULL, s.state, s.cause, s.text, false, s.engaged_at
      FROM owned JOIN engine.safety_states s ON s.account_id = owned.account_id WHERE s.ended_at IS NULL
    UNION ALL
    SELECT 'symbol', l.pipeline_id, l.symbol, 'halted', 'symbol_latched', l.reason, false, l.engaged_at
      FROM owned JOIN engine.symbol_latches l ON l.user_id = owned.user_id WHERE l.released_at IS NULL
    ORDER BY 8 $$;

-- The limits that an account's owner set and that are in force at an instant, to be laid over the defaults.
CREATE FUNCTION engine.limits_of(account uuid, instant timestamptz DEFAULT now()) RETURNS jsonb
  LANGUAGE sql STABLE
  AS $$
    SELECT a.limits || coalesce((
      SELECT jsonb_object_agg(latest.key, latest.value) FROM (
        SELECT DISTINCT ON (changed.key) changed.key, changed.value
          FROM engine.account_limit_changes c, jsonb_each(c.new) changed
         WHERE c.account_id = a.id AND c.effective_from <= instant ORDER BY changed.key, c.id DESC) latest), '{}')
      FROM engine.accounts a WHERE a.id = account $$;

-- Entries of the audit log that were changed, removed from within, or added past the trigger; of everybody whose rows the caller sees.
CREATE FUNCTION app.audit_breaks() RETURNS TABLE (user_id uuid, seq bigint, fault text)
  LANGUAGE sql STABLE
  AS $$
    SELECT a.user_id, a.seq, CASE WHEN a.hash <> app.audit_hash(a) THEN 'its content was changed' ELSE 'the entry before it is missing or was changed' END
      FROM app.audit_log a LEFT JOIN app.audit_log p ON p.user_id = a.user_id AND p.seq = a.seq - 1
     WHERE a.hash <> app.audit_hash(a) OR a.previous_hash IS DISTINCT FROM p.hash OR (p.seq IS NULL) <> (a.seq = 1)
     ORDER BY a.user_id, a.seq $$;

-- The password was given again in this session; what that allows ends five minutes later.
ALTER TABLE app.sessions ADD COLUMN stepped_up_until timestamptz;
GRANT UPDATE (stepped_up_until) ON app.sessions TO bellwether_app;
