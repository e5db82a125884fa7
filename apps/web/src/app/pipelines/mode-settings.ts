import type { JsonObject, JsonValue } from '../api/wire.ts';
import { formatMoney, formatShare, formatWord } from '../design/format.ts';

export interface Setting {
  readonly name: string;
  readonly value: string;
}

/** Settings of the simulated broker with their units: "Slippage 0.10%", "Initial balance $100,000.00". */
export function modeSettings(config: JsonObject): readonly Setting[] {
  return Object.entries(config).flatMap(([name, value]) =>
    value === null ? [] : [{ name: title(name), value: words(name, value) }],
  );
}

function title(name: string): string {
  return formatWord(name.replace(/_pct$/, '').replace(/^simulate_/, ''));
}

function words(name: string, value: JsonValue): string {
  if (typeof value === 'boolean') return value ? 'simulated' : 'off';
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(
        ([key, each]) =>
          `${each === null || typeof each === 'object' ? '' : amount(key, each)} ${key.replace('_fraction', '').replaceAll('_', ' ')}`,
      )
      .join(', ');
  }
  return value === null ? 'n/a' : amount(name, value);
}

function amount(name: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (name.endsWith('_pct')) return formatShare(value);
  if (name.endsWith('_balance') || name === 'minimum') return formatMoney(value);
  if (name.endsWith('_fraction')) return formatShare(Number(value) * 100);
  return name.endsWith('per_share') ? `$${value}` : String(value);
}
