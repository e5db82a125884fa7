-- Written by tools/generate-schema.ts from the migrated database: a listing to read, not a script to run.

app.audit_log -- row-level security forced
  user_id uuid NOT NULL
  seq bigint NOT NULL DEFAULT 0
  actor text NOT NULL
  action text NOT NULL
  subject_type text NOT NULL
  subject_id text NOT NULL
  details jsonb NOT NULL DEFAULT '{}'::jsonb
  recorded_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  previous_hash bytea
  hash bytea NOT NULL DEFAULT '\x'::bytea
  CONSTRAINT audit_log_action_check CHECK ((action <> ''::text))
  CONSTRAINT audit_log_actor_check CHECK ((actor <> ''::text))
  CONSTRAINT audit_log_pkey PRIMARY KEY (user_id, seq)
  CONSTRAINT audit_log_user_id_fkey FOREIGN KEY (user_id) REFERENCES app.users(id) ON DELETE RESTRICT
  CREATE TRIGGER chain BEFORE INSERT ON app.audit_log FOR EACH ROW EXECUTE FUNCTION app.chain_audit_entry()
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON app.audit_log FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_app
  GRANT INSERT, SELECT TO bellwether_engine

app.idempotency_keys -- row-level security forced
  user_id uuid NOT NULL
  key text NOT NULL
  operation text NOT NULL
  request_hash text NOT NULL
  response_status integer
  response_body jsonb
  created_at timestamp with time zone NOT NULL DEFAULT now()
  expires_at timestamp with time zone NOT NULL DEFAULT (now() + '24:00:00'::interval)
  CONSTRAINT idempotency_keys_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255)))
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key)
  CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES app.users(id) ON DELETE RESTRICT
  CREATE INDEX idempotency_keys_by_expiry ON app.idempotency_keys USING btree (expires_at)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT DELETE, INSERT, SELECT TO bellwether_app
  GRANT UPDATE (response_status, response_body) TO bellwether_app

app.migrations -- no row-level security
  name text NOT NULL
  checksum text NOT NULL
  applied_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT migrations_pkey PRIMARY KEY (name)

app.pipeline_versions -- row-level security forced
  pipeline_id uuid NOT NULL
  version integer NOT NULL
  user_id uuid NOT NULL
  content_hash text NOT NULL
  document jsonb NOT NULL
  published_at timestamp with time zone NOT NULL DEFAULT now()
  note text
  CONSTRAINT pipeline_versions_content_hash_check CHECK (((length(content_hash) >= 16) AND (length(content_hash) <= 200)))
  CONSTRAINT pipeline_versions_document_check CHECK ((jsonb_typeof(document) = 'object'::text))
  CONSTRAINT pipeline_versions_pkey PRIMARY KEY (pipeline_id, version)
  CONSTRAINT pipeline_versions_user_id_pipeline_id_fkey FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines(user_id, id) ON DELETE RESTRICT
  CONSTRAINT pipeline_versions_user_id_pipeline_id_version_key UNIQUE (user_id, pipeline_id, version)
  CONSTRAINT pipeline_versions_version_check CHECK ((version >= 1))
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON app.pipeline_versions FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_app
  GRANT SELECT TO bellwether_engine

app.pipelines -- row-level security forced
  id uuid NOT NULL
  user_id uuid NOT NULL
  name text NOT NULL
  description text NOT NULL DEFAULT ''::text
  config jsonb NOT NULL
  draft_version integer NOT NULL DEFAULT 1
  published_version integer
  state text NOT NULL DEFAULT 'stopped'::text
  state_reason text
  state_until timestamp with time zone
  run_mode text NOT NULL DEFAULT 'run_once'::text
  trading_mode text NOT NULL DEFAULT 'simulation'::text
  next_due_at timestamp with time zone
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  archived_at timestamp with time zone
  template_id text
  published_draft integer
  CONSTRAINT pipelines_config_check CHECK ((jsonb_typeof(config) = 'object'::text))
  CONSTRAINT pipelines_draft_version_check CHECK ((draft_version >= 1))
  CONSTRAINT pipelines_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255)))
  CONSTRAINT pipelines_pkey PRIMARY KEY (id)
  CONSTRAINT pipelines_published_version FOREIGN KEY (user_id, id, published_version) REFERENCES app.pipeline_versions(user_id, pipeline_id, version) ON DELETE RESTRICT
  CONSTRAINT pipelines_run_mode_check CHECK ((run_mode = ANY (ARRAY['run_once'::text, 'run_continuous'::text, 'run_scheduled'::text, 'run_on_signal'::text])))
  CONSTRAINT pipelines_state_check CHECK ((state = ANY (ARRAY['stopped'::text, 'armed'::text, 'running'::text, 'holding'::text, 'sleeping'::text, 'paused'::text, 'cooling'::text, 'halted'::text, 'completed'::text])))
  CONSTRAINT pipelines_trading_mode_check CHECK ((trading_mode = ANY (ARRAY['validation'::text, 'simulation'::text, 'paper'::text, 'live'::text])))
  CONSTRAINT pipelines_user_id_fkey FOREIGN KEY (user_id) REFERENCES app.users(id) ON DELETE RESTRICT
  CONSTRAINT pipelines_user_id_id_key UNIQUE (user_id, id)
  CREATE INDEX pipelines_by_due ON app.pipelines USING btree (next_due_at) WHERE ((next_due_at IS NOT NULL) AND (archived_at IS NULL))
  CREATE INDEX pipelines_by_state ON app.pipelines USING btree (state) WHERE (state = ANY (ARRAY['armed'::text, 'running'::text, 'holding'::text, 'sleeping'::text, 'cooling'::text]))
  CREATE INDEX pipelines_by_user ON app.pipelines USING btree (user_id, created_at DESC, id DESC)
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT, UPDATE TO bellwether_app
  GRANT SELECT TO bellwether_engine
  GRANT UPDATE (state, state_reason, state_until, next_due_at, updated_at) TO bellwether_engine

app.reports -- row-level security forced
  id uuid NOT NULL DEFAULT gen_random_uuid()
  user_id uuid NOT NULL
  pipeline_id uuid NOT NULL
  execution_id uuid NOT NULL
  body jsonb NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT reports_body_check CHECK ((jsonb_typeof(body) = 'object'::text))
  CONSTRAINT reports_pkey PRIMARY KEY (id)
  CONSTRAINT reports_user_id_id_key UNIQUE (user_id, id)
  CONSTRAINT reports_user_id_pipeline_id_execution_id_fkey FOREIGN KEY (user_id, pipeline_id, execution_id) REFERENCES engine.executions(user_id, pipeline_id, id) ON DELETE RESTRICT
  CREATE INDEX reports_by_execution ON app.reports USING btree (execution_id)
  CREATE INDEX reports_by_pipeline ON app.reports USING btree (pipeline_id, created_at DESC)
  CREATE INDEX reports_by_user ON app.reports USING btree (user_id, created_at DESC, id DESC)
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON app.reports FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app

app.sessions -- row-level security forced
  id uuid NOT NULL DEFAULT gen_random_uuid()
  user_id uuid NOT NULL
  token_hash bytea NOT NULL
  user_agent text
  created_at timestamp with time zone NOT NULL DEFAULT now()
  last_seen_at timestamp with time zone NOT NULL DEFAULT now()
  expires_at timestamp with time zone NOT NULL
  revoked_at timestamp with time zone
  stepped_up_until timestamp with time zone
  CONSTRAINT sessions_check CHECK ((expires_at > created_at))
  CONSTRAINT sessions_pkey PRIMARY KEY (id)
  CONSTRAINT sessions_token_hash_check CHECK ((length(token_hash) = 32))
  CONSTRAINT sessions_token_unique UNIQUE (token_hash)
  CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES app.users(id) ON DELETE RESTRICT
  CREATE INDEX sessions_by_user ON app.sessions USING btree (user_id, created_at DESC)
  POLICY sign_in FOR SELECT TO bellwether_owner USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT DELETE, INSERT, SELECT TO bellwether_app
  GRANT UPDATE (last_seen_at, expires_at, revoked_at, stepped_up_until) TO bellwether_app

app.users -- row-level security forced
  id uuid NOT NULL
  email text NOT NULL
  password_hash text NOT NULL
  display text NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT now()
  archived_at timestamp with time zone
  CONSTRAINT users_display_check CHECK (((length(display) >= 1) AND (length(display) <= 255)))
  CONSTRAINT users_email_check CHECK (((email = lower(email)) AND (email ~~ '_%@_%'::text) AND (length(email) <= 320)))
  CONSTRAINT users_email_unique UNIQUE (email)
  CONSTRAINT users_password_hash_check CHECK ((password_hash <> ''::text))
  CONSTRAINT users_pkey PRIMARY KEY (id)
  POLICY sign_in FOR SELECT TO bellwether_owner USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_app
  GRANT UPDATE (email, password_hash, display, archived_at) TO bellwether_app

engine.account_events -- row-level security forced
  account_id uuid NOT NULL
  seq bigint NOT NULL
  user_id uuid NOT NULL
  pipeline_id uuid NOT NULL
  at timestamp with time zone NOT NULL
  body jsonb NOT NULL
  CONSTRAINT account_events_pkey PRIMARY KEY (account_id, seq)
  CONSTRAINT account_events_seq_check CHECK ((seq >= 1))
  CONSTRAINT account_events_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CONSTRAINT account_events_user_id_pipeline_id_fkey FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines(user_id, id) ON DELETE RESTRICT
  CREATE INDEX account_events_by_pipeline ON engine.account_events USING btree (account_id, pipeline_id, seq)
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.account_events FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.account_inbox -- row-level security forced
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  account_id uuid NOT NULL
  user_id uuid NOT NULL
  key text NOT NULL
  kind text NOT NULL
  body jsonb NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT now()
  done_at timestamp with time zone
  outcome text
  outcome_text text
  CONSTRAINT account_inbox_check CHECK (((outcome IS NULL) OR (done_at IS NOT NULL)))
  CONSTRAINT account_inbox_key_check CHECK ((key <> ''::text))
  CONSTRAINT account_inbox_key_unique UNIQUE (account_id, key)
  CONSTRAINT account_inbox_kind_check CHECK ((kind = ANY (ARRAY['proposal'::text, 'close'::text, 'cancel_entries'::text, 'market'::text, 'reconcile'::text])))
  CONSTRAINT account_inbox_pkey PRIMARY KEY (id)
  CONSTRAINT account_inbox_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CREATE INDEX account_inbox_undone ON engine.account_inbox USING btree (account_id, id) WHERE (done_at IS NULL)
  POLICY app_asks FOR a TO bellwether_app USING (true)
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_app
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT UPDATE (done_at, outcome, outcome_text) TO bellwether_engine

engine.account_limit_changes -- row-level security forced
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  user_id uuid NOT NULL
  account_id uuid NOT NULL
  old jsonb NOT NULL
  new jsonb NOT NULL
  effective_from timestamp with time zone NOT NULL
  changed_by text NOT NULL
  reason text NOT NULL
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  CONSTRAINT account_limit_changes_changed_by_check CHECK ((changed_by <> ''::text))
  CONSTRAINT account_limit_changes_new_check CHECK (((jsonb_typeof(new) = 'object'::text) AND (new <> '{}'::jsonb)))
  CONSTRAINT account_limit_changes_old_check CHECK ((jsonb_typeof(old) = 'object'::text))
  CONSTRAINT account_limit_changes_pkey PRIMARY KEY (id)
  CONSTRAINT account_limit_changes_reason_check CHECK ((reason <> ''::text))
  CONSTRAINT account_limit_changes_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CREATE INDEX account_limit_changes_by_account ON engine.account_limit_changes USING btree (account_id, id)
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.account_limit_changes FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_app
  GRANT SELECT TO bellwether_engine

engine.account_snapshots -- row-level security forced
  account_id uuid NOT NULL
  at timestamp with time zone NOT NULL
  user_id uuid NOT NULL
  equity numeric(20,6) NOT NULL
  cash numeric(20,6) NOT NULL
  buying_power numeric(20,6) NOT NULL
  CONSTRAINT account_snapshots_pkey PRIMARY KEY (account_id, at)
  CONSTRAINT account_snapshots_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.account_snapshots FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.accounts -- row-level security forced
  id uuid NOT NULL
  user_id uuid NOT NULL
  pipeline_id uuid
  kind text NOT NULL
  trading_mode text NOT NULL
  currency text NOT NULL DEFAULT 'USD'::text
  initial_balance numeric(20,6) NOT NULL
  cash numeric(20,6) NOT NULL
  reserved numeric(20,6) NOT NULL DEFAULT 0
  state jsonb NOT NULL DEFAULT '{}'::jsonb
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  label text
  broker text
  broker_account_id text
  connection jsonb
  fence bigint NOT NULL DEFAULT 0
  lease_holder text
  lease_expires_at timestamp with time zone
  busy boolean NOT NULL DEFAULT false
  gate_open boolean NOT NULL DEFAULT false
  memory jsonb
  snapshot jsonb
  external jsonb NOT NULL DEFAULT '[]'::jsonb
  event_seq bigint NOT NULL DEFAULT 0
  limits jsonb NOT NULL DEFAULT '{}'::jsonb
  CONSTRAINT accounts_broker_account_id_check CHECK ((broker_account_id <> ''::text))
  CONSTRAINT accounts_broker_check CHECK ((broker <> ''::text))
  CONSTRAINT accounts_broker_is_named CHECK (
CASE kind
    WHEN 'broker'::text THEN ((label IS NOT NULL) AND (broker IS NOT NULL))
    ELSE ((label IS NULL) AND (broker IS NULL))
END)
  CONSTRAINT accounts_check CHECK (((kind <> 'simulated'::text) OR (pipeline_id IS NOT NULL)))
  CONSTRAINT accounts_connection_check CHECK ((jsonb_typeof(connection) = 'object'::text))
  CONSTRAINT accounts_connection_without_secret CHECK ((NOT (connection ?| ARRAY['secret'::text, 'secret_key'::text, 'api_secret'::text, 'secretKey'::text, 'apiSecret'::text, 'password'::text, 'token'::text])))
  CONSTRAINT accounts_event_seq_check CHECK ((event_seq >= 0))
  CONSTRAINT accounts_external_check CHECK ((jsonb_typeof(external) = 'array'::text))
  CONSTRAINT accounts_fence_check CHECK ((fence >= 0))
  CONSTRAINT accounts_initial_balance_check CHECK ((initial_balance >= (0)::numeric))
  CONSTRAINT accounts_kind_check CHECK ((kind = ANY (ARRAY['simulated'::text, 'broker'::text])))
  CONSTRAINT accounts_label_check CHECK ((label = ANY (ARRAY['sandbox'::text, 'paper'::text, 'live'::text])))
  CONSTRAINT accounts_label_fits_mode CHECK (((label IS NULL) OR ((label = 'live'::text) = (trading_mode = 'live'::text))))
  CONSTRAINT accounts_limits_check CHECK ((jsonb_typeof(limits) = 'object'::text))
  CONSTRAINT accounts_pkey PRIMARY KEY (id)
  CONSTRAINT accounts_reserved_check CHECK ((reserved >= (0)::numeric))
  CONSTRAINT accounts_trading_mode_check CHECK ((trading_mode = ANY (ARRAY['validation'::text, 'simulation'::text, 'paper'::text, 'live'::text])))
  CONSTRAINT accounts_user_id_fkey FOREIGN KEY (user_id) REFERENCES app.users(id) ON DELETE RESTRICT
  CONSTRAINT accounts_user_id_id_key UNIQUE (user_id, id)
  CONSTRAINT accounts_user_id_pipeline_id_fkey FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines(user_id, id) ON DELETE RESTRICT
  CREATE INDEX accounts_by_lease ON engine.accounts USING btree (lease_expires_at NULLS FIRST) WHERE (kind = 'broker'::text)
  CREATE INDEX accounts_by_user ON engine.accounts USING btree (user_id, created_at DESC)
  CREATE UNIQUE INDEX accounts_broker_account_unique ON engine.accounts USING btree (broker, label, broker_account_id) WHERE ((broker_account_id IS NOT NULL) AND (label <> 'sandbox'::text))
  CREATE UNIQUE INDEX accounts_one_sandbox ON engine.accounts USING btree (pipeline_id) WHERE ((kind = 'broker'::text) AND (label = 'sandbox'::text))
  CREATE UNIQUE INDEX accounts_one_simulated ON engine.accounts USING btree (pipeline_id) WHERE (kind = 'simulated'::text)
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT, UPDATE TO bellwether_engine
  GRANT SELECT TO bellwether_app
  GRANT UPDATE (updated_at, limits) TO bellwether_app

engine.alerts -- row-level security forced
  id uuid NOT NULL DEFAULT gen_random_uuid()
  user_id uuid NOT NULL
  account_id uuid NOT NULL
  level text NOT NULL
  code text NOT NULL
  symbol text
  position_id text
  pipeline_id uuid
  text text NOT NULL
  at timestamp with time zone NOT NULL
  CONSTRAINT alerts_code_check CHECK ((code <> ''::text))
  CONSTRAINT alerts_level_check CHECK ((level = ANY (ARRAY['notice'::text, 'alarm'::text, 'page'::text])))
  CONSTRAINT alerts_pkey PRIMARY KEY (id)
  CONSTRAINT alerts_text_check CHECK ((text <> ''::text))
  CONSTRAINT alerts_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CONSTRAINT alerts_user_id_pipeline_id_fkey FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines(user_id, id) ON DELETE RESTRICT
  CREATE INDEX alerts_by_user ON engine.alerts USING btree (user_id, at DESC, id DESC)
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.alerts FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.armed_triggers -- row-level security forced
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  user_id uuid NOT NULL
  session_id uuid NOT NULL
  pipeline_id uuid NOT NULL
  arming bigint NOT NULL
  node_id text NOT NULL
  kind text NOT NULL
  symbol text
  watch jsonb NOT NULL
  memory jsonb NOT NULL DEFAULT '{}'::jsonb
  armed_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT armed_triggers_arming_check CHECK ((arming >= 0))
  CONSTRAINT armed_triggers_kind_check CHECK ((kind = ANY (ARRAY['technical'::text, 'price'::text, 'news'::text, 'webhook'::text])))
  CONSTRAINT armed_triggers_memory_check CHECK ((jsonb_typeof(memory) = 'object'::text))
  CONSTRAINT armed_triggers_node_id_check CHECK ((node_id <> ''::text))
  CONSTRAINT armed_triggers_once UNIQUE NULLS NOT DISTINCT (session_id, arming, node_id, symbol)
  CONSTRAINT armed_triggers_pkey PRIMARY KEY (id)
  CONSTRAINT armed_triggers_symbol_check CHECK ((symbol <> ''::text))
  CONSTRAINT armed_triggers_user_id_session_id_fkey FOREIGN KEY (user_id, session_id) REFERENCES engine.sessions(user_id, id) ON DELETE RESTRICT
  CONSTRAINT armed_triggers_watch_check CHECK ((jsonb_typeof(watch) = 'object'::text))
  CREATE INDEX armed_triggers_by_pipeline ON engine.armed_triggers USING btree (pipeline_id, kind)
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT DELETE, INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.capability_results -- row-level security forced
  id uuid NOT NULL DEFAULT gen_random_uuid()
  user_id uuid NOT NULL
  account_id uuid NOT NULL
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  flags jsonb NOT NULL
  evidence jsonb NOT NULL
  CONSTRAINT capability_results_flags_check CHECK ((jsonb_typeof(flags) = 'object'::text))
  CONSTRAINT capability_results_pkey PRIMARY KEY (id)
  CONSTRAINT capability_results_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CREATE INDEX capability_results_by_account ON engine.capability_results USING btree (account_id, at DESC)
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.capability_results FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.contents -- row-level security forced
  user_id uuid NOT NULL
  hash text NOT NULL
  body jsonb NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT contents_hash_check CHECK (((length(hash) >= 16) AND (length(hash) <= 200)))
  CONSTRAINT contents_pkey PRIMARY KEY (user_id, hash)
  CONSTRAINT contents_user_id_fkey FOREIGN KEY (user_id) REFERENCES app.users(id) ON DELETE RESTRICT
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.contents FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.cost_entries -- row-level security forced
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  user_id uuid NOT NULL
  pipeline_id uuid NOT NULL
  execution_id uuid NOT NULL
  journal_seq integer
  node_id text
  agent_type text
  cost_type text NOT NULL
  micros bigint NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT cost_entries_cost_type_check CHECK ((cost_type <> ''::text))
  CONSTRAINT cost_entries_once UNIQUE (execution_id, journal_seq, cost_type)
  CONSTRAINT cost_entries_pkey PRIMARY KEY (id)
  CONSTRAINT cost_entries_user_id_pipeline_id_execution_id_fkey FOREIGN KEY (user_id, pipeline_id, execution_id) REFERENCES engine.executions(user_id, pipeline_id, id) ON DELETE RESTRICT
  CREATE INDEX cost_entries_by_pipeline ON engine.cost_entries USING btree (pipeline_id, created_at DESC)
  CREATE INDEX cost_entries_by_user ON engine.cost_entries USING btree (user_id, created_at DESC)
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.cost_entries FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.events -- row-level security forced
  user_id uuid NOT NULL
  seq bigint NOT NULL
  pipeline_id uuid
  execution_id uuid
  journal_seq integer
  body json NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT events_check CHECK (((execution_id IS NOT NULL) OR (journal_seq IS NULL)))
  CONSTRAINT events_once UNIQUE (execution_id, journal_seq)
  CONSTRAINT events_pkey PRIMARY KEY (user_id, seq)
  CONSTRAINT events_seq_check CHECK ((seq >= 1))
  CREATE TRIGGER events_execution_owner AFTER INSERT ON engine.events REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION engine.check_execution_owners()
  CREATE TRIGGER events_pipeline_owner AFTER INSERT ON engine.events REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION engine.check_event_owners()
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.events FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_app
  GRANT INSERT, SELECT TO bellwether_engine

engine.executions -- row-level security forced
  id uuid NOT NULL
  user_id uuid NOT NULL
  pipeline_id uuid NOT NULL
  version integer NOT NULL
  status text NOT NULL DEFAULT 'pending'::text
  trading_mode text NOT NULL
  run_mode text NOT NULL
  trigger jsonb NOT NULL
  trigger_key text NOT NULL
  source jsonb NOT NULL
  attempt integer NOT NULL DEFAULT 0
  last_seq integer NOT NULL DEFAULT 0
  result text
  result_reason text
  total_cost numeric(20,6) NOT NULL DEFAULT 0
  created_at timestamp with time zone NOT NULL DEFAULT now()
  started_at timestamp with time zone
  ended_at timestamp with time zone
  session_id uuid
  market_time timestamp with time zone
  CONSTRAINT executions_attempt_check CHECK ((attempt >= 0))
  CONSTRAINT executions_check CHECK (((ended_at IS NOT NULL) = (status = ANY (ARRAY['completed'::text, 'failed'::text, 'canceled'::text]))))
  CONSTRAINT executions_last_seq_check CHECK ((last_seq >= 0))
  CONSTRAINT executions_pkey PRIMARY KEY (id)
  CONSTRAINT executions_run_mode_check CHECK ((run_mode = ANY (ARRAY['run_once'::text, 'run_continuous'::text, 'run_scheduled'::text, 'run_on_signal'::text])))
  CONSTRAINT executions_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'running'::text, 'waiting'::text, 'completed'::text, 'failed'::text, 'canceled'::text])))
  CONSTRAINT executions_total_cost_check CHECK ((total_cost >= (0)::numeric))
  CONSTRAINT executions_trading_mode_check CHECK ((trading_mode = ANY (ARRAY['validation'::text, 'simulation'::text, 'paper'::text, 'live'::text])))
  CONSTRAINT executions_trigger_key_check CHECK ((trigger_key <> ''::text))
  CONSTRAINT executions_trigger_key_unique UNIQUE (pipeline_id, trigger_key)
  CONSTRAINT executions_user_id_id_key UNIQUE (user_id, id)
  CONSTRAINT executions_user_id_pipeline_id_fkey FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines(user_id, id) ON DELETE RESTRICT
  CONSTRAINT executions_user_id_pipeline_id_id_key UNIQUE (user_id, pipeline_id, id)
  CONSTRAINT executions_user_id_pipeline_id_version_fkey FOREIGN KEY (user_id, pipeline_id, version) REFERENCES app.pipeline_versions(user_id, pipeline_id, version) ON DELETE RESTRICT
  CONSTRAINT executions_user_id_session_id_fkey FOREIGN KEY (user_id, session_id) REFERENCES engine.sessions(user_id, id) ON DELETE RESTRICT
  CREATE INDEX executions_by_pipeline ON engine.executions USING btree (pipeline_id, created_at DESC, id DESC)
  CREATE INDEX executions_by_user ON engine.executions USING btree (user_id, created_at DESC, id DESC)
  CREATE INDEX executions_open_by_session ON engine.executions USING btree (session_id) WHERE (ended_at IS NULL)
  CREATE UNIQUE INDEX executions_one_open ON engine.executions USING btree (pipeline_id) WHERE (status = ANY (ARRAY['pending'::text, 'running'::text, 'waiting'::text]))
  CREATE TRIGGER kept BEFORE DELETE ON engine.executions FOR EACH ROW EXECUTE FUNCTION engine.keep_execution()
  CREATE TRIGGER owner_kept BEFORE UPDATE OF id, user_id ON engine.executions FOR EACH ROW WHEN (((new.id <> old.id) OR (new.user_id <> old.user_id))) EXECUTE FUNCTION engine.keep_execution()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_app
  GRANT INSERT, SELECT, UPDATE TO bellwether_engine
  GRANT UPDATE (status, result, result_reason, ended_at) TO bellwether_app

engine.fills -- row-level security forced
  id uuid NOT NULL DEFAULT gen_random_uuid()
  user_id uuid NOT NULL
  account_id uuid NOT NULL
  order_id uuid NOT NULL
  broker_fill_id text NOT NULL
  price numeric(20,9) NOT NULL
  quantity numeric(20,9) NOT NULL
  amount numeric(20,6) NOT NULL
  fee numeric(20,6) NOT NULL DEFAULT 0
  slippage numeric(20,6) NOT NULL DEFAULT 0
  filled_at timestamp with time zone NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT fills_broker_fill_id_check CHECK ((broker_fill_id <> ''::text))
  CONSTRAINT fills_broker_fill_id_unique UNIQUE (account_id, broker_fill_id)
  CONSTRAINT fills_pkey PRIMARY KEY (id)
  CONSTRAINT fills_price_positive CHECK ((price > (0)::numeric))
  CONSTRAINT fills_quantity_positive CHECK ((quantity > (0)::numeric))
  CONSTRAINT fills_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CONSTRAINT fills_user_id_order_id_fkey FOREIGN KEY (user_id, order_id) REFERENCES engine.orders(user_id, id) ON DELETE RESTRICT
  CREATE INDEX fills_by_order ON engine.fills USING btree (order_id, filled_at)
  CREATE INDEX fills_by_user ON engine.fills USING btree (user_id, filled_at DESC, id DESC)
  CREATE TRIGGER fits_order AFTER INSERT ON engine.fills FOR EACH ROW EXECUTE FUNCTION engine.check_fill_fits()
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.fills FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.inbox -- row-level security forced
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  user_id uuid NOT NULL
  execution_id uuid NOT NULL
  fact jsonb NOT NULL
  fact_key text
  created_at timestamp with time zone NOT NULL DEFAULT now()
  consumed_by integer
  CONSTRAINT inbox_fact_key_unique UNIQUE (execution_id, fact_key)
  CONSTRAINT inbox_pkey PRIMARY KEY (id)
  CONSTRAINT inbox_user_id_execution_id_fkey FOREIGN KEY (user_id, execution_id) REFERENCES engine.executions(user_id, id) ON DELETE RESTRICT
  CREATE INDEX inbox_unread ON engine.inbox USING btree (execution_id, id) WHERE (consumed_by IS NULL)
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT DELETE, INSERT, SELECT TO bellwether_engine
  GRANT INSERT, SELECT TO bellwether_app
  GRANT UPDATE (consumed_by) TO bellwether_engine

engine.intervention_outcomes -- row-level security forced
  intervention_id uuid NOT NULL
  position_id text NOT NULL
  user_id uuid NOT NULL
  outcome text NOT NULL
  text text NOT NULL DEFAULT ''::text
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  CONSTRAINT intervention_outcomes_outcome_check CHECK ((outcome = ANY (ARRAY['closed'::text, 'partly_closed'::text, 'failed'::text, 'nothing_to_close'::text])))
  CONSTRAINT intervention_outcomes_pkey PRIMARY KEY (intervention_id, position_id)
  CONSTRAINT intervention_outcomes_user_id_intervention_id_fkey FOREIGN KEY (user_id, intervention_id) REFERENCES engine.manual_interventions(user_id, id) ON DELETE RESTRICT
  CONSTRAINT intervention_outcomes_user_id_position_id_fkey FOREIGN KEY (user_id, position_id) REFERENCES engine.positions(user_id, id) ON DELETE RESTRICT
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.intervention_outcomes FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.journal -- row-level security forced
  execution_id uuid NOT NULL
  journal_seq integer NOT NULL
  user_id uuid NOT NULL
  event text NOT NULL
  at timestamp with time zone NOT NULL
  recorded_at timestamp with time zone NOT NULL DEFAULT now()
  body json NOT NULL
  CONSTRAINT journal_event_check CHECK ((event <> ''::text))
  CONSTRAINT journal_journal_seq_check CHECK ((journal_seq >= 0))
  CONSTRAINT journal_pkey PRIMARY KEY (execution_id, journal_seq)
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.journal FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  CREATE TRIGGER journal_execution_owner AFTER INSERT ON engine.journal REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION engine.check_execution_owners()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.kill_switches -- row-level security forced
  id uuid NOT NULL DEFAULT gen_random_uuid()
  user_id uuid
  scope text NOT NULL
  scope_id uuid
  flatten boolean NOT NULL DEFAULT false
  reason text NOT NULL
  engaged_by text NOT NULL
  engaged_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  released_at timestamp with time zone
  released_by text
  release_reason text
  account_id uuid DEFAULT 
CASE scope
    WHEN 'account'::text THEN scope_id
    ELSE NULL::uuid
END
  pipeline_id uuid DEFAULT 
CASE scope
    WHEN 'pipeline'::text THEN scope_id
    ELSE NULL::uuid
END
  CONSTRAINT kill_switches_check CHECK ((released_at >= engaged_at))
  CONSTRAINT kill_switches_engaged_by_check CHECK ((engaged_by <> ''::text))
  CONSTRAINT kill_switches_pkey PRIMARY KEY (id)
  CONSTRAINT kill_switches_reason_check CHECK ((reason <> ''::text))
  CONSTRAINT kill_switches_release_is_whole CHECK ((num_nulls(released_at, released_by, release_reason) = ANY (ARRAY[0, 3])))
  CONSTRAINT kill_switches_release_reason_check CHECK ((release_reason <> ''::text))
  CONSTRAINT kill_switches_released_by_check CHECK ((released_by <> ''::text))
  CONSTRAINT kill_switches_scope_check CHECK ((scope = ANY (ARRAY['platform'::text, 'user'::text, 'account'::text, 'pipeline'::text])))
  CONSTRAINT kill_switches_scope_is_named CHECK (
CASE scope
    WHEN 'platform'::text THEN ((user_id IS NULL) AND (scope_id IS NULL))
    WHEN 'user'::text THEN ((user_id IS NOT NULL) AND (scope_id IS NOT NULL) AND (scope_id = user_id))
    ELSE ((user_id IS NOT NULL) AND (scope_id IS NOT NULL))
END)
  CONSTRAINT kill_switches_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CONSTRAINT kill_switches_user_id_fkey FOREIGN KEY (user_id) REFERENCES app.users(id) ON DELETE RESTRICT
  CONSTRAINT kill_switches_user_id_pipeline_id_fkey FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines(user_id, id) ON DELETE RESTRICT
  CREATE INDEX kill_switches_by_user ON engine.kill_switches USING btree (user_id, engaged_at DESC, id DESC)
  CREATE INDEX kill_switches_engaged ON engine.kill_switches USING btree (user_id) WHERE (released_at IS NULL)
  CREATE UNIQUE INDEX kill_switches_one_engaged ON engine.kill_switches USING btree (scope, scope_id) NULLS NOT DISTINCT WHERE (released_at IS NULL)
  CREATE TRIGGER kept BEFORE DELETE ON engine.kill_switches FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  CREATE TRIGGER released_once AFTER UPDATE ON engine.kill_switches FOR EACH ROW EXECUTE FUNCTION engine.keep_engaged('released_at', 'released_by', 'release_reason')
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY platform FOR SELECT TO bellwether_app USING (((user_id IS NULL) AND (( SELECT app.current_user_id() AS current_user_id) IS NOT NULL)))
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_app
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT UPDATE (released_at, released_by, release_reason) TO bellwether_app
  GRANT UPDATE (released_at, released_by, release_reason) TO bellwether_engine

engine.manual_interventions -- row-level security forced
  id uuid NOT NULL DEFAULT gen_random_uuid()
  user_id uuid NOT NULL
  account_id uuid
  kind text NOT NULL
  target text NOT NULL
  reason text NOT NULL
  idempotency_key text
  body jsonb NOT NULL DEFAULT '{}'::jsonb
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  CONSTRAINT manual_interventions_body_check CHECK ((jsonb_typeof(body) = 'object'::text))
  CONSTRAINT manual_interventions_idempotency_key_check CHECK ((idempotency_key <> ''::text))
  CONSTRAINT manual_interventions_key_unique UNIQUE (user_id, idempotency_key)
  CONSTRAINT manual_interventions_kind_check CHECK ((kind = ANY (ARRAY['close'::text, 'close_all'::text, 'cancel_entries'::text, 'kill_switch'::text, 'kill_switch_release'::text, 'release'::text, 'rearm'::text])))
  CONSTRAINT manual_interventions_pkey PRIMARY KEY (id)
  CONSTRAINT manual_interventions_reason_check CHECK ((reason <> ''::text))
  CONSTRAINT manual_interventions_target_check CHECK ((target <> ''::text))
  CONSTRAINT manual_interventions_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CONSTRAINT manual_interventions_user_id_fkey FOREIGN KEY (user_id) REFERENCES app.users(id) ON DELETE RESTRICT
  CONSTRAINT manual_interventions_user_id_id_key UNIQUE (user_id, id)
  CREATE INDEX manual_interventions_by_user ON engine.manual_interventions USING btree (user_id, at DESC, id DESC)
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.manual_interventions FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_app
  GRANT SELECT TO bellwether_engine

engine.mode_changes -- row-level security forced
  id uuid NOT NULL DEFAULT gen_random_uuid()
  user_id uuid NOT NULL
  pipeline_id uuid NOT NULL
  old_mode text NOT NULL
  new_mode text NOT NULL
  reason text NOT NULL
  changed_by text NOT NULL
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  CONSTRAINT mode_changes_changed_by_check CHECK ((changed_by <> ''::text))
  CONSTRAINT mode_changes_check CHECK ((old_mode <> new_mode))
  CONSTRAINT mode_changes_new_mode_check CHECK ((new_mode = ANY (ARRAY['validation'::text, 'simulation'::text, 'paper'::text, 'live'::text])))
  CONSTRAINT mode_changes_old_mode_check CHECK ((old_mode = ANY (ARRAY['validation'::text, 'simulation'::text, 'paper'::text, 'live'::text])))
  CONSTRAINT mode_changes_pkey PRIMARY KEY (id)
  CONSTRAINT mode_changes_reason_check CHECK ((reason <> ''::text))
  CONSTRAINT mode_changes_user_id_pipeline_id_fkey FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines(user_id, id) ON DELETE RESTRICT
  CREATE INDEX mode_changes_by_pipeline ON engine.mode_changes USING btree (pipeline_id, at DESC)
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.mode_changes FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_app
  GRANT SELECT TO bellwether_engine

engine.orders -- row-level security forced
  id uuid NOT NULL DEFAULT gen_random_uuid()
  user_id uuid NOT NULL
  account_id uuid NOT NULL
  pipeline_id uuid NOT NULL
  execution_id uuid NOT NULL
  position_id text NOT NULL
  client_order_id text NOT NULL
  broker_order_id text
  group_id text
  purpose text NOT NULL
  leg text NOT NULL
  seq integer NOT NULL
  symbol text NOT NULL
  side text NOT NULL
  order_type text NOT NULL
  time_in_force text NOT NULL
  quantity numeric(20,9) NOT NULL
  limit_price numeric(20,9)
  stop_price numeric(20,9)
  request jsonb NOT NULL
  request_hash text NOT NULL
  trading_mode text NOT NULL
  not_before timestamp with time zone
  created_at timestamp with time zone NOT NULL DEFAULT now()
  state text NOT NULL DEFAULT 'planned'::text
  state_reason text
  filled_quantity numeric(20,9) NOT NULL DEFAULT 0
  filled_amount numeric(20,6) NOT NULL DEFAULT 0
  submitted_at timestamp with time zone
  ended_at timestamp with time zone
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  approved_at timestamp with time zone
  CONSTRAINT orders_broker_order_id_unique UNIQUE (account_id, broker_order_id)
  CONSTRAINT orders_client_order_id_check CHECK ((client_order_id <> ''::text))
  CONSTRAINT orders_client_order_id_unique UNIQUE (client_order_id)
  CONSTRAINT orders_filled_amount_check CHECK ((filled_amount >= (0)::numeric))
  CONSTRAINT orders_filled_within CHECK (((filled_quantity >= (0)::numeric) AND (filled_quantity <= quantity)))
  CONSTRAINT orders_identity_unique UNIQUE (position_id, purpose, leg, seq)
  CONSTRAINT orders_limit_price_check CHECK ((limit_price > (0)::numeric))
  CONSTRAINT orders_order_type_check CHECK ((order_type = ANY (ARRAY['market'::text, 'limit'::text, 'stop'::text, 'stop_limit'::text])))
  CONSTRAINT orders_pkey PRIMARY KEY (id)
  CONSTRAINT orders_prices_fit_type CHECK ((((limit_price IS NOT NULL) = (order_type = ANY (ARRAY['limit'::text, 'stop_limit'::text]))) AND ((stop_price IS NOT NULL) = (order_type = ANY (ARRAY['stop'::text, 'stop_limit'::text])))))
  CONSTRAINT orders_purpose_check CHECK ((purpose = ANY (ARRAY['entry'::text, 'exit'::text, 'stop_only'::text, 'replace'::text, 'close'::text])))
  CONSTRAINT orders_quantity_positive CHECK ((quantity > (0)::numeric))
  CONSTRAINT orders_seq_check CHECK ((seq >= 0))
  CONSTRAINT orders_side_check CHECK ((side = ANY (ARRAY['buy'::text, 'sell'::text])))
  CONSTRAINT orders_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'dropped'::text, 'submitting'::text, 'working'::text, 'rejected'::text, 'unknown'::text, 'quarantined'::text, 'not_placed'::text, 'partially_filled'::text, 'filled'::text, 'pending_cancel'::text, 'pending_replace'::text, 'replaced'::text, 'canceled'::text, 'expired'::text])))
  CONSTRAINT orders_stop_price_check CHECK ((stop_price > (0)::numeric))
  CONSTRAINT orders_symbol_check CHECK ((symbol <> ''::text))
  CONSTRAINT orders_time_in_force_check CHECK ((time_in_force = ANY (ARRAY['day'::text, 'gtc'::text])))
  CONSTRAINT orders_trading_mode_check CHECK ((trading_mode = ANY (ARRAY['validation'::text, 'simulation'::text, 'paper'::text, 'live'::text])))
  CONSTRAINT orders_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CONSTRAINT orders_user_id_id_key UNIQUE (user_id, id)
  CONSTRAINT orders_user_id_pipeline_id_execution_id_fkey FOREIGN KEY (user_id, pipeline_id, execution_id) REFERENCES engine.executions(user_id, pipeline_id, id) ON DELETE RESTRICT
  CONSTRAINT orders_user_id_position_id_fkey FOREIGN KEY (user_id, position_id) REFERENCES engine.positions(user_id, id) ON DELETE RESTRICT
  CREATE INDEX orders_by_execution ON engine.orders USING btree (execution_id)
  CREATE INDEX orders_by_pipeline ON engine.orders USING btree (pipeline_id, created_at DESC)
  CREATE INDEX orders_by_user ON engine.orders USING btree (user_id, created_at DESC, id DESC)
  CREATE INDEX orders_live ON engine.orders USING btree (account_id) WHERE (state = ANY (ARRAY['planned'::text, 'submitting'::text, 'working'::text, 'unknown'::text, 'quarantined'::text, 'partially_filled'::text, 'pending_cancel'::text, 'pending_replace'::text]))
  CREATE TRIGGER fits_position AFTER INSERT ON engine.orders FOR EACH ROW EXECUTE FUNCTION engine.check_order_fits()
  CREATE TRIGGER request_immutable BEFORE UPDATE ON engine.orders FOR EACH ROW EXECUTE FUNCTION engine.keep_order_request()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT, UPDATE TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.pipeline_daily_stats -- row-level security forced
  pipeline_id uuid NOT NULL
  exchange_day date NOT NULL
  trading_mode text NOT NULL
  user_id uuid NOT NULL
  executions integer NOT NULL DEFAULT 0
  trades integer NOT NULL DEFAULT 0
  realized_pnl numeric(20,6) NOT NULL DEFAULT 0
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT pipeline_daily_stats_executions_check CHECK ((executions >= 0))
  CONSTRAINT pipeline_daily_stats_trades_check CHECK ((trades >= 0))
  CONSTRAINT pipeline_daily_stats_trading_mode_check CHECK ((trading_mode = ANY (ARRAY['validation'::text, 'simulation'::text, 'paper'::text, 'live'::text])))
  CONSTRAINT pipeline_daily_stats_unique PRIMARY KEY (pipeline_id, exchange_day, trading_mode)
  CONSTRAINT pipeline_daily_stats_user_id_pipeline_id_fkey FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines(user_id, id) ON DELETE RESTRICT
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT, UPDATE TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.positions -- row-level security forced
  id text NOT NULL
  user_id uuid NOT NULL
  account_id uuid NOT NULL
  pipeline_id uuid NOT NULL
  execution_id uuid NOT NULL
  trading_mode text NOT NULL
  symbol text NOT NULL
  side text NOT NULL
  state text NOT NULL
  quantity numeric(20,9) NOT NULL DEFAULT 0
  entry_price numeric(20,9)
  entry_avg numeric(20,9)
  initial_stop numeric(20,9)
  stop numeric(20,9)
  target_1 numeric(20,9)
  target_2 numeric(20,9)
  shared boolean NOT NULL DEFAULT false
  flags jsonb NOT NULL DEFAULT '{}'::jsonb
  naked_share_seconds numeric(20,3) NOT NULL DEFAULT 0
  opened_at timestamp with time zone NOT NULL
  closed_at timestamp with time zone
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  intended_quantity numeric(20,9) NOT NULL DEFAULT 0
  realized_pnl numeric(20,6) NOT NULL DEFAULT 0
  fees numeric(20,6) NOT NULL DEFAULT 0
  last_price numeric(20,9)
  memory jsonb
  last_price_at timestamp with time zone
  CONSTRAINT positions_closed_is_flat CHECK (((state <> 'closed'::text) OR ((quantity = (0)::numeric) AND (closed_at IS NOT NULL))))
  CONSTRAINT positions_entry_avg_check CHECK ((entry_avg > (0)::numeric))
  CONSTRAINT positions_entry_price_check CHECK ((entry_price > (0)::numeric))
  CONSTRAINT positions_initial_stop_check CHECK ((initial_stop > (0)::numeric))
  CONSTRAINT positions_initial_stop_side CHECK (
CASE side
    WHEN 'long'::text THEN (initial_stop < entry_price)
    ELSE (initial_stop > entry_price)
END)
  CONSTRAINT positions_intended_quantity_check CHECK ((intended_quantity >= (0)::numeric))
  CONSTRAINT positions_last_price_check CHECK ((last_price > (0)::numeric))
  CONSTRAINT positions_naked_share_seconds_check CHECK ((naked_share_seconds >= (0)::numeric))
  CONSTRAINT positions_pkey PRIMARY KEY (id)
  CONSTRAINT positions_side_check CHECK ((side = ANY (ARRAY['long'::text, 'short'::text])))
  CONSTRAINT positions_state_check CHECK ((state = ANY (ARRAY['opening'::text, 'protecting'::text, 'open'::text, 'converting'::text, 'closing'::text, 'closed'::text])))
  CONSTRAINT positions_stop_check CHECK ((stop > (0)::numeric))
  CONSTRAINT positions_symbol_check CHECK ((symbol <> ''::text))
  CONSTRAINT positions_target_1_check CHECK ((target_1 > (0)::numeric))
  CONSTRAINT positions_target_1_side CHECK (
CASE side
    WHEN 'long'::text THEN (target_1 > entry_price)
    ELSE (target_1 < entry_price)
END)
  CONSTRAINT positions_target_2_check CHECK ((target_2 > (0)::numeric))
  CONSTRAINT positions_target_2_side CHECK (
CASE side
    WHEN 'long'::text THEN (target_2 > entry_price)
    ELSE (target_2 < entry_price)
END)
  CONSTRAINT positions_trading_mode_check CHECK ((trading_mode = ANY (ARRAY['validation'::text, 'simulation'::text, 'paper'::text, 'live'::text])))
  CONSTRAINT positions_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CONSTRAINT positions_user_id_id_key UNIQUE (user_id, id)
  CONSTRAINT positions_user_id_pipeline_id_execution_id_fkey FOREIGN KEY (user_id, pipeline_id, execution_id) REFERENCES engine.executions(user_id, pipeline_id, id) ON DELETE RESTRICT
  CREATE INDEX positions_by_execution ON engine.positions USING btree (execution_id)
  CREATE INDEX positions_by_pipeline ON engine.positions USING btree (pipeline_id, opened_at DESC)
  CREATE INDEX positions_by_user ON engine.positions USING btree (user_id, opened_at DESC, id DESC)
  CREATE INDEX positions_open ON engine.positions USING btree (account_id) WHERE (state <> 'closed'::text)
  CREATE UNIQUE INDEX positions_one_open ON engine.positions USING btree (account_id, symbol) WHERE ((state <> 'closed'::text) AND (NOT shared))
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT, UPDATE TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.reconciliation_runs -- row-level security forced
  id uuid NOT NULL DEFAULT gen_random_uuid()
  user_id uuid NOT NULL
  account_id uuid NOT NULL
  at timestamp with time zone NOT NULL
  cause text NOT NULL
  found jsonb NOT NULL DEFAULT '[]'::jsonb
  clean boolean NOT NULL
  CONSTRAINT reconciliation_runs_cause_check CHECK ((cause <> ''::text))
  CONSTRAINT reconciliation_runs_found_check CHECK ((jsonb_typeof(found) = 'array'::text))
  CONSTRAINT reconciliation_runs_pkey PRIMARY KEY (id)
  CONSTRAINT reconciliation_runs_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CREATE INDEX reconciliation_runs_by_account ON engine.reconciliation_runs USING btree (account_id, at DESC)
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.reconciliation_runs FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.reservations -- row-level security forced
  order_id uuid NOT NULL
  user_id uuid NOT NULL
  account_id uuid NOT NULL
  amount numeric(20,6) NOT NULL
  state text NOT NULL DEFAULT 'held'::text
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT reservations_amount_not_negative CHECK ((amount >= (0)::numeric))
  CONSTRAINT reservations_pkey PRIMARY KEY (order_id)
  CONSTRAINT reservations_state_check CHECK ((state = ANY (ARRAY['held'::text, 'passed'::text, 'released'::text])))
  CONSTRAINT reservations_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CONSTRAINT reservations_user_id_order_id_fkey FOREIGN KEY (user_id, order_id) REFERENCES engine.orders(user_id, id) ON DELETE RESTRICT
  CREATE INDEX reservations_held ON engine.reservations USING btree (account_id) WHERE (state = 'held'::text)
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app
  GRANT UPDATE (state, updated_at) TO bellwether_engine

engine.safety_states -- row-level security forced
  id uuid NOT NULL DEFAULT gen_random_uuid()
  user_id uuid NOT NULL
  account_id uuid NOT NULL
  scope text NOT NULL
  pipeline_id uuid
  state text NOT NULL
  cause text NOT NULL
  text text NOT NULL
  engaged_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  ended_at timestamp with time zone
  end_reason text
  CONSTRAINT safety_states_cause_check CHECK ((cause <> ''::text))
  CONSTRAINT safety_states_check CHECK (((scope = 'pipeline'::text) = (pipeline_id IS NOT NULL)))
  CONSTRAINT safety_states_check1 CHECK (((ended_at IS NULL) = (end_reason IS NULL)))
  CONSTRAINT safety_states_end_reason_check CHECK ((end_reason <> ''::text))
  CONSTRAINT safety_states_pkey PRIMARY KEY (id)
  CONSTRAINT safety_states_scope_check CHECK ((scope = ANY (ARRAY['account'::text, 'pipeline'::text])))
  CONSTRAINT safety_states_state_check CHECK ((state = ANY (ARRAY['reducing'::text, 'halted'::text])))
  CONSTRAINT safety_states_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CONSTRAINT safety_states_user_id_pipeline_id_fkey FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines(user_id, id) ON DELETE RESTRICT
  CREATE INDEX safety_states_by_user ON engine.safety_states USING btree (user_id, engaged_at DESC)
  CREATE UNIQUE INDEX safety_states_one_open ON engine.safety_states USING btree (account_id, scope, pipeline_id, cause) NULLS NOT DISTINCT WHERE (ended_at IS NULL)
  CREATE TRIGGER kept BEFORE DELETE ON engine.safety_states FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  CREATE TRIGGER released_once AFTER UPDATE ON engine.safety_states FOR EACH ROW EXECUTE FUNCTION engine.keep_engaged('ended_at', 'end_reason')
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app
  GRANT UPDATE (ended_at, end_reason) TO bellwether_app
  GRANT UPDATE (ended_at, end_reason) TO bellwether_engine

engine.schedule_ticks -- row-level security forced
  pipeline_id uuid NOT NULL
  scheduled_for timestamp with time zone NOT NULL
  user_id uuid NOT NULL
  version integer NOT NULL
  outcome text NOT NULL DEFAULT 'pending'::text
  reason text
  execution_id uuid
  created_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT schedule_ticks_once PRIMARY KEY (pipeline_id, scheduled_for)
  CONSTRAINT schedule_ticks_outcome_check CHECK ((outcome = ANY (ARRAY['pending'::text, 'traded'::text, 'blocked'::text, 'failed'::text, 'skipped'::text, 'missed'::text])))
  CONSTRAINT schedule_ticks_user_id_pipeline_id_execution_id_fkey FOREIGN KEY (user_id, pipeline_id, execution_id) REFERENCES engine.executions(user_id, pipeline_id, id) ON DELETE RESTRICT
  CONSTRAINT schedule_ticks_user_id_pipeline_id_version_fkey FOREIGN KEY (user_id, pipeline_id, version) REFERENCES app.pipeline_versions(user_id, pipeline_id, version) ON DELETE RESTRICT
  CREATE INDEX schedule_ticks_by_execution ON engine.schedule_ticks USING btree (execution_id) WHERE (execution_id IS NOT NULL)
  CREATE INDEX schedule_ticks_by_user ON engine.schedule_ticks USING btree (user_id, scheduled_for DESC)
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app
  GRANT UPDATE (outcome, reason, execution_id) TO bellwether_engine

engine.session_requests -- row-level security forced
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  session_id uuid NOT NULL
  user_id uuid NOT NULL
  key text NOT NULL
  kind text NOT NULL
  body jsonb NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT now()
  done_at timestamp with time zone
  outcome text
  outcome_text text
  CONSTRAINT session_requests_check CHECK (((outcome IS NULL) OR (done_at IS NOT NULL)))
  CONSTRAINT session_requests_key_check CHECK ((key <> ''::text))
  CONSTRAINT session_requests_key_unique UNIQUE (session_id, key)
  CONSTRAINT session_requests_kind_check CHECK ((kind = ANY (ARRAY['close'::text, 'cancel_entries'::text])))
  CONSTRAINT session_requests_outcome_check CHECK ((outcome = ANY (ARRAY['taken'::text, 'refused'::text])))
  CONSTRAINT session_requests_pkey PRIMARY KEY (id)
  CONSTRAINT session_requests_user_id_session_id_fkey FOREIGN KEY (user_id, session_id) REFERENCES engine.sessions(user_id, id) ON DELETE RESTRICT
  CREATE INDEX session_requests_undone ON engine.session_requests USING btree (session_id, id) WHERE (done_at IS NULL)
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_app
  GRANT SELECT TO bellwether_engine
  GRANT UPDATE (done_at, outcome, outcome_text) TO bellwether_engine

engine.sessions -- row-level security forced
  id uuid NOT NULL
  user_id uuid NOT NULL
  pipeline_id uuid NOT NULL
  version integer NOT NULL
  purpose text NOT NULL
  run_execution_id uuid
  source jsonb NOT NULL
  status text NOT NULL DEFAULT 'pending'::text
  run_state text NOT NULL DEFAULT 'stopped'::text
  market_time timestamp with time zone
  position jsonb
  state json
  stop_requested_at timestamp with time zone
  end_reason text
  failures integer NOT NULL DEFAULT 0
  retry_at timestamp with time zone
  fence bigint NOT NULL DEFAULT 0
  lease_holder text
  lease_expires_at timestamp with time zone
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  ended_at timestamp with time zone
  wakes_at timestamp with time zone
  symbols jsonb NOT NULL DEFAULT '[]'::jsonb
  CONSTRAINT sessions_check CHECK (((purpose = 'run'::text) = (run_execution_id IS NOT NULL)))
  CONSTRAINT sessions_check1 CHECK (((ended_at IS NOT NULL) = (status = 'ended'::text)))
  CONSTRAINT sessions_failures_check CHECK ((failures >= 0))
  CONSTRAINT sessions_fence_check CHECK ((fence >= 0))
  CONSTRAINT sessions_only_waiting_wake CHECK (((wakes_at IS NULL) OR (status = 'waiting'::text)))
  CONSTRAINT sessions_pkey PRIMARY KEY (id)
  CONSTRAINT sessions_purpose_check CHECK ((purpose = ANY (ARRAY['run'::text, 'start'::text])))
  CONSTRAINT sessions_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'playing'::text, 'waiting'::text, 'ended'::text])))
  CONSTRAINT sessions_symbols_check CHECK ((jsonb_typeof(symbols) = 'array'::text))
  CONSTRAINT sessions_user_id_id_key UNIQUE (user_id, id)
  CONSTRAINT sessions_user_id_pipeline_id_fkey FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines(user_id, id) ON DELETE RESTRICT
  CONSTRAINT sessions_user_id_pipeline_id_version_fkey FOREIGN KEY (user_id, pipeline_id, version) REFERENCES app.pipeline_versions(user_id, pipeline_id, version) ON DELETE RESTRICT
  CREATE INDEX sessions_by_lease ON engine.sessions USING btree (lease_expires_at NULLS FIRST) WHERE (status = ANY (ARRAY['pending'::text, 'playing'::text]))
  CREATE INDEX sessions_by_user ON engine.sessions USING btree (user_id, created_at DESC)
  CREATE INDEX sessions_by_waking ON engine.sessions USING btree (wakes_at) WHERE (status = 'waiting'::text)
  CREATE INDEX sessions_followed ON engine.sessions USING btree (id) WHERE ((status = 'playing'::text) AND (symbols <> '[]'::jsonb))
  CREATE UNIQUE INDEX sessions_one_live ON engine.sessions USING btree (pipeline_id) WHERE (status <> 'ended'::text)
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_app
  GRANT INSERT, SELECT, UPDATE TO bellwether_engine
  GRANT UPDATE (stop_requested_at, updated_at) TO bellwether_app

engine.symbol_latches -- row-level security forced
  id uuid NOT NULL DEFAULT gen_random_uuid()
  user_id uuid NOT NULL
  pipeline_id uuid NOT NULL
  symbol text NOT NULL
  engaged_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  reason text NOT NULL
  released_at timestamp with time zone
  CONSTRAINT symbol_latches_check CHECK ((released_at >= engaged_at))
  CONSTRAINT symbol_latches_pkey PRIMARY KEY (id)
  CONSTRAINT symbol_latches_reason_check CHECK ((reason <> ''::text))
  CONSTRAINT symbol_latches_symbol_check CHECK ((symbol <> ''::text))
  CONSTRAINT symbol_latches_user_id_pipeline_id_fkey FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines(user_id, id) ON DELETE RESTRICT
  CREATE INDEX symbol_latches_by_user ON engine.symbol_latches USING btree (user_id) WHERE (released_at IS NULL)
  CREATE UNIQUE INDEX symbol_latches_one_engaged ON engine.symbol_latches USING btree (pipeline_id, symbol) WHERE (released_at IS NULL)
  CREATE TRIGGER kept BEFORE DELETE ON engine.symbol_latches FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  CREATE TRIGGER released_once AFTER UPDATE ON engine.symbol_latches FOR EACH ROW EXECUTE FUNCTION engine.keep_engaged('released_at')
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_app
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT UPDATE (released_at) TO bellwether_app
  GRANT UPDATE (released_at) TO bellwether_engine

engine.trades -- row-level security forced
  id uuid NOT NULL DEFAULT gen_random_uuid()
  user_id uuid NOT NULL
  account_id uuid NOT NULL
  pipeline_id uuid NOT NULL
  execution_id uuid NOT NULL
  position_id text NOT NULL
  trading_mode text NOT NULL
  symbol text NOT NULL
  side text NOT NULL
  quantity numeric(20,9) NOT NULL
  entry_avg numeric(20,9)
  exit_avg numeric(20,9)
  realized_pnl numeric(20,6) NOT NULL
  fees numeric(20,6) NOT NULL DEFAULT 0
  slippage numeric(20,6) NOT NULL DEFAULT 0
  r_multiple numeric(20,6)
  close_reason text NOT NULL
  entry_at timestamp with time zone NOT NULL
  exit_at timestamp with time zone NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT trades_check CHECK ((exit_at >= entry_at))
  CONSTRAINT trades_check1 CHECK (((close_reason = 'no_fill'::text) OR ((quantity > (0)::numeric) AND (entry_avg IS NOT NULL) AND (exit_avg IS NOT NULL))))
  CONSTRAINT trades_close_reason_check CHECK ((close_reason = ANY (ARRAY['target_1'::text, 'target_2'::text, 'stop'::text, 'breakeven_stop'::text, 'signal_exit'::text, 'manual'::text, 'eod_flatten'::text, 'kill_switch'::text, 'emergency'::text, 'external'::text, 'no_fill'::text, 'tape_end'::text])))
  CONSTRAINT trades_entry_avg_check CHECK ((entry_avg > (0)::numeric))
  CONSTRAINT trades_exit_avg_check CHECK ((exit_avg > (0)::numeric))
  CONSTRAINT trades_pkey PRIMARY KEY (id)
  CONSTRAINT trades_position_unique UNIQUE (position_id)
  CONSTRAINT trades_quantity_check CHECK ((quantity >= (0)::numeric))
  CONSTRAINT trades_side_check CHECK ((side = ANY (ARRAY['long'::text, 'short'::text])))
  CONSTRAINT trades_symbol_check CHECK ((symbol <> ''::text))
  CONSTRAINT trades_trading_mode_check CHECK ((trading_mode = ANY (ARRAY['validation'::text, 'simulation'::text, 'paper'::text, 'live'::text])))
  CONSTRAINT trades_user_id_account_id_fkey FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts(user_id, id) ON DELETE RESTRICT
  CONSTRAINT trades_user_id_pipeline_id_execution_id_fkey FOREIGN KEY (user_id, pipeline_id, execution_id) REFERENCES engine.executions(user_id, pipeline_id, id) ON DELETE RESTRICT
  CONSTRAINT trades_user_id_position_id_fkey FOREIGN KEY (user_id, position_id) REFERENCES engine.positions(user_id, id) ON DELETE RESTRICT
  CREATE INDEX trades_by_execution ON engine.trades USING btree (execution_id)
  CREATE INDEX trades_by_pipeline ON engine.trades USING btree (pipeline_id, trading_mode, exit_at DESC)
  CREATE INDEX trades_by_user ON engine.trades USING btree (user_id, exit_at DESC, id DESC)
  CREATE TRIGGER insert_only BEFORE DELETE OR UPDATE ON engine.trades FOR EACH ROW EXECUTE FUNCTION app.refuse_change()
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app

engine.trigger_signals -- row-level security forced
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  user_id uuid NOT NULL
  session_id uuid NOT NULL
  key text NOT NULL
  node_id text NOT NULL
  kind text NOT NULL
  symbol text
  at timestamp with time zone NOT NULL
  text text NOT NULL
  body jsonb
  created_at timestamp with time zone NOT NULL DEFAULT now()
  done_at timestamp with time zone
  outcome text
  CONSTRAINT trigger_signals_check CHECK (((outcome IS NULL) OR (done_at IS NOT NULL)))
  CONSTRAINT trigger_signals_key_check CHECK ((key <> ''::text))
  CONSTRAINT trigger_signals_kind_check CHECK ((kind = ANY (ARRAY['technical'::text, 'price'::text, 'news'::text, 'webhook'::text])))
  CONSTRAINT trigger_signals_node_id_check CHECK ((node_id <> ''::text))
  CONSTRAINT trigger_signals_once UNIQUE (session_id, key)
  CONSTRAINT trigger_signals_pkey PRIMARY KEY (id)
  CONSTRAINT trigger_signals_symbol_check CHECK ((symbol <> ''::text))
  CONSTRAINT trigger_signals_user_id_session_id_fkey FOREIGN KEY (user_id, session_id) REFERENCES engine.sessions(user_id, id) ON DELETE RESTRICT
  CREATE INDEX trigger_signals_undone ON engine.trigger_signals USING btree (session_id, id) WHERE (done_at IS NULL)
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT TO bellwether_engine
  GRANT SELECT TO bellwether_app
  GRANT UPDATE (done_at, outcome) TO bellwether_engine

engine.user_event_counters -- row-level security forced
  user_id uuid NOT NULL
  last_seq bigint NOT NULL DEFAULT 0
  CONSTRAINT user_event_counters_last_seq_check CHECK ((last_seq >= 0))
  CONSTRAINT user_event_counters_pkey PRIMARY KEY (user_id)
  CONSTRAINT user_event_counters_user_id_fkey FOREIGN KEY (user_id) REFERENCES app.users(id) ON DELETE RESTRICT
  POLICY engine FOR ALL TO bellwether_engine USING (true)
  POLICY tail FOR SELECT TO bellwether_owner USING (true)
  POLICY tenant FOR ALL TO bellwether_app USING ((user_id = ( SELECT app.current_user_id() AS current_user_id)))
  GRANT INSERT, SELECT, UPDATE TO bellwether_app
  GRANT INSERT, SELECT, UPDATE TO bellwether_engine
