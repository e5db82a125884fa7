-- Accounts, orders, fills, positions, trades: the financial record. Nobody but the owner may delete here.
CREATE TABLE engine.accounts (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES app.users (id) ON DELETE RESTRICT,
  pipeline_id uuid,
  kind text NOT NULL CHECK (kind IN ('simulated', 'broker')),
  trading_mode text NOT NULL CHECK (trading_mode IN ('validation', 'simulation', 'paper', 'live')),
  currency text NOT NULL DEFAULT 'USD',
  initial_balance numeric(20, 6) NOT NULL CHECK (initial_balance >= 0),
  cash numeric(20, 6) NOT NULL,
  reserved numeric(20, 6) NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  state jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (user_id, id),
  FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines (user_id, id) ON DELETE RESTRICT,
  CHECK (kind <> 'simulated' OR pipeline_id IS NOT NULL)
);
CREATE UNIQUE INDEX accounts_one_simulated ON engine.accounts (pipeline_id) WHERE kind = 'simulated';
CREATE INDEX accounts_by_user ON engine.accounts (user_id, created_at DESC);

CREATE TABLE engine.positions (
  id text PRIMARY KEY,
  user_id uuid NOT NULL,
  account_id uuid NOT NULL,
  pipeline_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  trading_mode text NOT NULL CHECK (trading_mode IN ('validation', 'simulation', 'paper', 'live')),
  symbol text NOT NULL CHECK (symbol <> ''),
  side text NOT NULL CHECK (side IN ('long', 'short')),
  state text NOT NULL CHECK (state IN ('opening', 'protecting', 'open', 'converting', 'closing', 'closed')),
  quantity numeric(20, 9) NOT NULL DEFAULT 0,
  entry_price numeric(20, 9) CHECK (entry_price > 0),
  entry_avg numeric(20, 9) CHECK (entry_avg > 0),
  initial_stop numeric(20, 9) CHECK (initial_stop > 0),
  stop numeric(20, 9) CHECK (stop > 0),
  target_1 numeric(20, 9) CHECK (target_1 > 0),
  target_2 numeric(20, 9) CHECK (target_2 > 0),
  shared boolean NOT NULL DEFAULT false,
  flags jsonb NOT NULL DEFAULT '{}',
  naked_share_seconds numeric(20, 3) NOT NULL DEFAULT 0 CHECK (naked_share_seconds >= 0),
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (user_id, id),
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, pipeline_id, execution_id) REFERENCES engine.executions (user_id, pipeline_id, id) ON DELETE RESTRICT,
  CONSTRAINT positions_closed_is_flat CHECK (state <> 'closed' OR (quantity = 0 AND closed_at IS NOT NULL)),
  CONSTRAINT positions_initial_stop_side CHECK (CASE side WHEN 'long' THEN initial_stop < entry_price ELSE initial_stop > entry_price END),
  CONSTRAINT positions_target_1_side CHECK (CASE side WHEN 'long' THEN target_1 > entry_price ELSE target_1 < entry_price END),
  CONSTRAINT positions_target_2_side CHECK (CASE side WHEN 'long' THEN target_2 > entry_price ELSE target_2 < entry_price END)
);
COMMENT ON COLUMN engine.positions.quantity IS 'Signed; of the wrong sign only while a double exit is being traded back.';
COMMENT ON COLUMN engine.positions.entry_price IS 'As decided; stop and targets were planned around it, the fills may lie elsewhere.';
CREATE UNIQUE INDEX positions_one_open ON engine.positions (account_id, symbol) WHERE state <> 'closed' AND NOT shared;
CREATE INDEX positions_by_user ON engine.positions (user_id, opened_at DESC, id DESC);
CREATE INDEX positions_by_pipeline ON engine.positions (pipeline_id, opened_at DESC);
CREATE INDEX positions_by_execution ON engine.positions (execution_id);
CREATE INDEX positions_open ON engine.positions (account_id) WHERE state <> 'closed';

CREATE TABLE engine.orders (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  account_id uuid NOT NULL,
  pipeline_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  position_id text NOT NULL,
  client_order_id text NOT NULL CHECK (client_order_id <> ''),
  broker_order_id text,
  group_id text,
  purpose text NOT NULL CHECK (purpose IN ('entry', 'exit', 'stop_only', 'replace', 'close')),
  leg text NOT NULL,
  seq integer NOT NULL CHECK (seq >= 0),
  symbol text NOT NULL CHECK (symbol <> ''),
  side text NOT NULL CHECK (side IN ('buy', 'sell')),
  order_type text NOT NULL CHECK (order_type IN ('market', 'limit', 'stop', 'stop_limit')),
  time_in_force text NOT NULL CHECK (time_in_force IN ('day', 'gtc')),
  quantity numeric(20, 9) NOT NULL,
  limit_price numeric(20, 9) CHECK (limit_price > 0),
  stop_price numeric(20, 9) CHECK (stop_price > 0),
  request jsonb NOT NULL,
  request_hash text NOT NULL,
  trading_mode text NOT NULL CHECK (trading_mode IN ('validation', 'simulation', 'paper', 'live')),
  not_before timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  state text NOT NULL DEFAULT 'planned' CHECK (state IN
    ('planned', 'dropped', 'submitting', 'working', 'rejected', 'unknown', 'quarantined', 'not_placed', 'partially_filled',
     'filled', 'pending_cancel', 'pending_replace', 'replaced', 'canceled', 'expired')),
  state_reason text,
  filled_quantity numeric(20, 9) NOT NULL DEFAULT 0,
  filled_amount numeric(20, 6) NOT NULL DEFAULT 0 CHECK (filled_amount >= 0),
  submitted_at timestamptz,
  ended_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (user_id, id),
  CONSTRAINT orders_client_order_id_unique UNIQUE (client_order_id),
  CONSTRAINT orders_broker_order_id_unique UNIQUE (account_id, broker_order_id),
  CONSTRAINT orders_identity_unique UNIQUE (position_id, purpose, leg, seq),
  CONSTRAINT orders_quantity_positive CHECK (quantity > 0),
  CONSTRAINT orders_filled_within CHECK (filled_quantity BETWEEN 0 AND quantity),
  CONSTRAINT orders_prices_fit_type CHECK (
    (limit_price IS NOT NULL) = (order_type IN ('limit', 'stop_limit')) AND (stop_price IS NOT NULL) = (order_type IN ('stop', 'stop_limit'))),
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, position_id) REFERENCES engine.positions (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, pipeline_id, execution_id) REFERENCES engine.executions (user_id, pipeline_id, id) ON DELETE RESTRICT
);
CREATE INDEX orders_by_user ON engine.orders (user_id, created_at DESC, id DESC);
CREATE INDEX orders_by_pipeline ON engine.orders (pipeline_id, created_at DESC);
CREATE INDEX orders_by_execution ON engine.orders (execution_id);
CREATE INDEX orders_live ON engine.orders (account_id) WHERE state IN
  ('planned', 'submitting', 'working', 'unknown', 'quarantined', 'partially_filled', 'pending_cancel', 'pending_replace');

-- An order's request is what was approved: a change is a new row. The broker's number is learned once.
CREATE FUNCTION engine.keep_order_request() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  state_columns CONSTANT text[] := ARRAY['state', 'state_reason', 'filled_quantity', 'filled_amount', 'broker_order_id',
    'group_id', 'submitted_at', 'ended_at', 'updated_at'];
BEGIN
  IF to_jsonb(NEW) - state_columns IS DISTINCT FROM to_jsonb(OLD) - state_columns
     OR (OLD.broker_order_id IS NOT NULL AND NEW.broker_order_id IS DISTINCT FROM OLD.broker_order_id) THEN
    RAISE EXCEPTION 'expected the request of order % to stay as approved, was changed', OLD.client_order_id
      USING ERRCODE = 'restrict_violation', SCHEMA = 'engine', TABLE = 'orders', CONSTRAINT = 'orders_request_immutable';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER request_immutable BEFORE UPDATE ON engine.orders FOR EACH ROW EXECUTE FUNCTION engine.keep_order_request();

CREATE TABLE engine.fills (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  account_id uuid NOT NULL,
  order_id uuid NOT NULL,
  broker_fill_id text NOT NULL CHECK (broker_fill_id <> ''),
  price numeric(20, 9) NOT NULL CONSTRAINT fills_price_positive CHECK (price > 0),
  quantity numeric(20, 9) NOT NULL CONSTRAINT fills_quantity_positive CHECK (quantity > 0),
  amount numeric(20, 6) NOT NULL,
  fee numeric(20, 6) NOT NULL DEFAULT 0,
  slippage numeric(20, 6) NOT NULL DEFAULT 0,
  filled_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT fills_broker_fill_id_unique UNIQUE (account_id, broker_fill_id),
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, order_id) REFERENCES engine.orders (user_id, id) ON DELETE RESTRICT
);
COMMENT ON COLUMN engine.fills.amount IS 'Price × quantity, rounded once half to even; P&L is a sum of these.';
CREATE INDEX fills_by_order ON engine.fills (order_id, filled_at);
CREATE INDEX fills_by_user ON engine.fills (user_id, filled_at DESC, id DESC);

CREATE TABLE engine.trades (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  account_id uuid NOT NULL,
  pipeline_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  position_id text NOT NULL,
  trading_mode text NOT NULL CHECK (trading_mode IN ('validation', 'simulation', 'paper', 'live')),
  symbol text NOT NULL CHECK (symbol <> ''),
  side text NOT NULL CHECK (side IN ('long', 'short')),
  quantity numeric(20, 9) NOT NULL CHECK (quantity >= 0),
  entry_avg numeric(20, 9) CHECK (entry_avg > 0),
  exit_avg numeric(20, 9) CHECK (exit_avg > 0),
  realized_pnl numeric(20, 6) NOT NULL,
  fees numeric(20, 6) NOT NULL DEFAULT 0,
  slippage numeric(20, 6) NOT NULL DEFAULT 0,
  r_multiple numeric(20, 6),
  close_reason text NOT NULL CHECK (close_reason IN
    ('target_1', 'target_2', 'stop', 'breakeven_stop', 'signal_exit', 'manual', 'eod_flatten', 'kill_switch', 'emergency', 'external', 'no_fill')),
  entry_at timestamptz NOT NULL,
  exit_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT trades_position_unique UNIQUE (position_id),
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, position_id) REFERENCES engine.positions (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, pipeline_id, execution_id) REFERENCES engine.executions (user_id, pipeline_id, id) ON DELETE RESTRICT,
  CHECK (exit_at >= entry_at),
  CHECK (close_reason = 'no_fill' OR (quantity > 0 AND entry_avg IS NOT NULL AND exit_avg IS NOT NULL))
);
CREATE INDEX trades_by_user ON engine.trades (user_id, exit_at DESC, id DESC);
CREATE INDEX trades_by_pipeline ON engine.trades (pipeline_id, trading_mode, exit_at DESC);
CREATE INDEX trades_by_execution ON engine.trades (execution_id);

CREATE TABLE engine.reservations (
  order_id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  account_id uuid NOT NULL,
  amount numeric(20, 6) NOT NULL CONSTRAINT reservations_amount_not_negative CHECK (amount >= 0),
  state text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'passed', 'released')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT,
  FOREIGN KEY (user_id, order_id) REFERENCES engine.orders (user_id, id) ON DELETE RESTRICT
);
CREATE INDEX reservations_held ON engine.reservations (account_id) WHERE state = 'held';

CREATE TABLE engine.account_snapshots (
  account_id uuid NOT NULL,
  at timestamptz NOT NULL,
  user_id uuid NOT NULL,
  equity numeric(20, 6) NOT NULL,
  cash numeric(20, 6) NOT NULL,
  buying_power numeric(20, 6) NOT NULL,
  PRIMARY KEY (account_id, at),
  FOREIGN KEY (user_id, account_id) REFERENCES engine.accounts (user_id, id) ON DELETE RESTRICT
);

CREATE TABLE engine.pipeline_daily_stats (
  pipeline_id uuid NOT NULL,
  exchange_day date NOT NULL,
  trading_mode text NOT NULL CHECK (trading_mode IN ('validation', 'simulation', 'paper', 'live')),
  user_id uuid NOT NULL,
  executions integer NOT NULL DEFAULT 0 CHECK (executions >= 0),
  trades integer NOT NULL DEFAULT 0 CHECK (trades >= 0),
  realized_pnl numeric(20, 6) NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT pipeline_daily_stats_unique PRIMARY KEY (pipeline_id, exchange_day, trading_mode),
  FOREIGN KEY (user_id, pipeline_id) REFERENCES app.pipelines (user_id, id) ON DELETE RESTRICT
);

DO $$
DECLARE
  record_table text;
BEGIN
  FOREACH record_table IN ARRAY ARRAY['accounts', 'positions', 'orders', 'fills', 'trades', 'reservations', 'account_snapshots', 'pipeline_daily_stats'] LOOP
    EXECUTE format('CALL app.protect_tenant(%L)', 'engine.' || record_table);
    EXECUTE format('CALL app.open_to_engine(%L)', 'engine.' || record_table);
    EXECUTE format('GRANT SELECT ON engine.%I TO bellwether_app', record_table);
    EXECUTE format('GRANT SELECT, INSERT ON engine.%I TO bellwether_engine', record_table);
  END LOOP;
END $$;
CALL app.make_insert_only('engine.fills');
CALL app.make_insert_only('engine.trades');
CALL app.make_insert_only('engine.account_snapshots');
GRANT UPDATE ON engine.accounts, engine.positions, engine.orders, engine.pipeline_daily_stats TO bellwether_engine;
GRANT UPDATE (state, updated_at) ON engine.reservations TO bellwether_engine;
