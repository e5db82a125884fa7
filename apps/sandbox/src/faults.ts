import { seededChance } from '@bellwether/domain';
import { badMarket, fieldsOf } from './sandbox-failure.ts';

/** What can go wrong, by the name under which it is switched on. Names ending in `_ms` take a duration. */
export const FAULT_NAMES = [
  'http_5xx_before_accept',
  'http_5xx_after_accept',
  'drop_reply_after_accept',
  'late_accept_ms',
  'hidden_for_ms',
  'duplicate_events',
  'reorder_events',
  'drop_stream',
  'unknown_events',
  'stuck_pending_cancel',
  'replace_rejected',
  'refuse_exits',
  'halt',
  'unauthorized',
  'throttle',
  'partial_fill_rate',
  'both_legs_fill',
  'positions_lag_ms',
  'missing_stop_cancel_event',
  'partial_replace_recreates_original',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

/** `on` says which requests an accept-fault concerns; `submit` when absent. */
export type FaultTarget = 'submit' | 'replace' | 'cancel' | 'any';

export interface FaultRule {
  /** The next n. */
  readonly count?: number;
  /** 0–1, drawn from the seeded generator of its name. */
  readonly probability?: number;
  readonly ms?: number;
  readonly on?: FaultTarget;
}

/** A bare number is a duration for `_ms`, a probability for `partial_fill_rate` and between 0 and 1, else a count; 0 switches off. */
export type FaultSettings = { readonly [Name in FaultName]?: number | boolean | FaultRule };

interface Switch {
  left: number;
  readonly probability: number;
  readonly ms: number;
  readonly on: FaultTarget;
  readonly draw: () => number;
}

/** Throws `sandbox/bad-market` on a name or value that means nothing. */
export function readFaults(value: unknown): FaultSettings {
  const fields = fieldsOf(value, 'faults');
  for (const [name, setting] of Object.entries(fields)) {
    if (!FAULT_NAMES.includes(name as FaultName))
      throw badMarket(`expected a fault of ${FAULT_NAMES.join(', ')}, was "${name}"`);
    const numbers =
      typeof setting === 'object' && setting !== null
        ? Object.entries(setting).filter(([key]) => key !== 'on')
        : [[name, setting]];
    for (const [key, number] of numbers) {
      const fits =
        typeof number === 'boolean' || (typeof number === 'number' && number >= 0 && Number.isFinite(number));
      if (!fits) throw badMarket(`expected ${name} to be a number from 0, was ${key} ${JSON.stringify(number)}`);
      if (key === 'probability' && (number as number) > 1)
        throw badMarket(`expected the probability of ${name} from 0 to 1, was ${number}`);
    }
  }
  return fields as FaultSettings;
}

function ruleOf(name: FaultName, setting: number | boolean | FaultRule): FaultRule {
  if (typeof setting === 'object') return setting;
  if (typeof setting === 'boolean') return { probability: setting ? 1 : 0 };
  if (name.endsWith('_ms')) return { ms: setting };
  if (name === 'partial_fill_rate' || (setting > 0 && setting < 1)) return { probability: Math.min(setting, 1) };
  return { count: setting };
}

/**
 * The fault switches of one account. Every name has a generator of its own, so that one fault's draws do not move another's.
 */
export class Faults {
  readonly #seed: number;
  readonly #switches = new Map<FaultName, Switch>();

  constructor(seed: number, settings: FaultSettings = {}) {
    this.#seed = seed;
    this.set(settings);
  }

  /** Sets the switches that are named; the others stay. */
  set(settings: FaultSettings): void {
    for (const [key, setting] of Object.entries(settings)) {
      const name = key as FaultName;
      const { count, probability, ms, on } = ruleOf(name, setting);
      const left = count ?? (probability === undefined && (ms ?? 0) > 0 ? Number.POSITIVE_INFINITY : 0);
      const draw = this.#switches.get(name)?.draw ?? seededChance(this.#seed, name);
      this.#switches.set(name, { left, probability: probability ?? 0, ms: ms ?? 0, on: on ?? 'submit', draw });
    }
  }

  /** Says whether the fault strikes now, and uses it up. */
  strikes(name: FaultName, target: FaultTarget = 'any'): boolean {
    const fault = this.#switches.get(name);
    if (fault === undefined || (target !== 'any' && fault.on !== 'any' && fault.on !== target)) return false;
    if (fault.left > 0) {
      fault.left -= 1;
      return true;
    }
    return fault.probability > 0 && fault.draw() < fault.probability;
  }

  /** Returns the duration of a fault that strikes now, 0 when it does not. */
  duration(name: FaultName, target: FaultTarget = 'any'): number {
    return this.strikes(name, target) ? (this.#switches.get(name)?.ms ?? 0) : 0;
  }
}
