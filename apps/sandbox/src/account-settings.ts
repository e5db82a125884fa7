import { parseMoney, ratioFromNumber } from '@bellwether/domain';
import type { ExchangeSettings } from '@bellwether/matching';
import { type FaultSettings, readFaults } from './faults.ts';
import { badMarket, type Fields, fieldsOf } from './sandbox-failure.ts';

/** What an instrument is at this broker; what is not said is tradable, shortable and easy to borrow. */
export interface AssetSettings {
  readonly tradable?: boolean;
  readonly shortable?: boolean;
  readonly easy_to_borrow?: boolean;
  readonly fractionable?: boolean;
}

/** Behaviours that are disputed, or that a test may want otherwise; absent, as Alpaca is documented or seen. */
export interface AccountSwitches {
  readonly bracket_on_held_symbol?: boolean;
  readonly twin_brackets?: boolean;
  readonly parallel_oco?: boolean;
  readonly entry_beside_resting_exit?: boolean;
  readonly stop_from_first_fill?: boolean;
  /** Requests a minute; 0 for no limit. */
  readonly rate_limit?: number;
}

/** The body of `POST /sandbox/accounts`. */
export interface AccountSettings {
  readonly cash?: string | number;
  readonly margin_multiplier?: number;
  readonly commission?: {
    readonly per_share?: number;
    readonly minimum?: string | number;
    readonly maximum_fraction?: number | null;
  };
  readonly slippage_pct?: number;
  readonly seed?: number;
  readonly faults?: FaultSettings;
  readonly switches?: AccountSwitches;
  readonly assets?: Readonly<Record<string, AssetSettings>>;
  readonly old_day_trade_fields?: boolean;
}

const NAMES: readonly string[] = [
  'cash',
  'margin_multiplier',
  'commission',
  'slippage_pct',
  'seed',
  'faults',
  'switches',
  'assets',
  'old_day_trade_fields',
];
const SWITCHES: readonly string[] = [
  'bracket_on_held_symbol',
  'twin_brackets',
  'parallel_oco',
  'entry_beside_resting_exit',
  'stop_from_first_fill',
  'rate_limit',
];

/** Throws `sandbox/bad-market` on a name or value that means nothing. */
export function readAccountSettings(value: unknown): AccountSettings {
  const fields = fieldsOf(value ?? {}, 'an account');
  onlyNames(fields, NAMES, 'an account');
  if (fields['faults'] !== undefined) readFaults(fields['faults']);
  if (fields['assets'] !== undefined) fieldsOf(fields['assets'], 'assets');
  if (fields['switches'] !== undefined) onlyNames(fieldsOf(fields['switches'], 'switches'), SWITCHES, 'switches');
  const settings = fields as AccountSettings;
  for (const [name, number, least] of [
    ['cash', Number(settings.cash ?? 1), 0],
    ['margin_multiplier', settings.margin_multiplier ?? 1, 1],
    ['slippage_pct', settings.slippage_pct ?? 0, 0],
    ['seed', settings.seed ?? 0, 0],
  ] as const) {
    if (!(Number.isFinite(number) && number >= least))
      throw badMarket(`expected ${name} to be a number from ${least}, was ${JSON.stringify(fields[name])}`);
  }
  return settings;
}

function onlyNames(fields: Fields, names: readonly string[], what: string): void {
  const unknown = Object.keys(fields).find((name) => !names.includes(name));
  if (unknown !== undefined) throw badMarket(`expected ${what} to have ${names.join(', ')}, was "${unknown}"`);
}

/** Returns the exchange on which such an account trades: no fees and no slippage unless it says so, as on paper. */
export function exchangeSettingsOf(
  settings: AccountSettings,
  seed: number,
  hooks: Pick<ExchangeSettings, 'firstPart' | 'bothLegsFill'>,
): ExchangeSettings {
  const { commission } = settings;
  const fraction = commission?.maximum_fraction ?? null;
  return {
    initialCash: parseMoney(String(settings.cash ?? '100000')),
    slippageFraction: (settings.slippage_pct ?? 0) / 100,
    commission: {
      perShare: ratioFromNumber(commission?.per_share ?? 0),
      minimum: parseMoney(String(commission?.minimum ?? '0')),
      maximumFraction: fraction === null ? null : ratioFromNumber(fraction),
    },
    marginMultiplier: settings.margin_multiplier ?? 2,
    simulatePartialFills: false,
    simulateRejections: false,
    seed,
    limitFill: 'through',
    intrabar: 'pessimistic',
    volumeShare: null,
    forceLiquidation: false,
    stopFromFirstFill: settings.switches?.stop_from_first_fill === true,
    ...hooks,
  };
}
