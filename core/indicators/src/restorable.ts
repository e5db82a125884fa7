import { BellwetherError } from '@bellwether/domain';

/** A JSON value that holds every number exactly; NaN and the infinities, which JSON lacks, are written as words. */
export type SavedNumber = number | 'NaN' | 'Infinity' | '-Infinity';
export type SavedField = SavedNumber | boolean | readonly SavedNumber[] | SavedState;
export interface SavedState {
  readonly [field: string]: SavedField;
}

/**
 * Something whose memory is its own number, boolean, typed-array and Restorable fields.
 *
 * Invariants: 1. `restoreState(JSON.parse(JSON.stringify(saveState())))` on an equal construction continues bit for
 * bit. 2. A field of any other type is configuration and never changes after construction.
 */
export abstract class Restorable {
  /** Returns the memory as plain JSON. */
  saveState(): SavedState {
    const state: Record<string, SavedField> = {};
    for (const [field, value] of Object.entries(this)) {
      if (typeof value === 'number') state[field] = saveNumber(value);
      else if (typeof value === 'boolean') state[field] = value;
      else if (isNumbers(value)) state[field] = Array.from(value, saveNumber);
      else if (value instanceof Restorable) state[field] = value.saveState();
    }
    return state;
  }

  /** Takes the memory of an equally constructed one. Throws `invalid` `indicator/bad-state` when the shape differs. */
  restoreState(state: SavedState): void {
    const fields = this as unknown as Record<string, unknown>;
    for (const [field, value] of Object.entries(this)) {
      const saved = state?.[field];
      if (typeof value === 'number') fields[field] = restoreNumber(field, saved);
      else if (typeof value === 'boolean') fields[field] = expectState(field, saved, typeof saved === 'boolean');
      else if (isNumbers(value)) {
        expectState(field, saved, Array.isArray(saved) && saved.length === value.length);
        (saved as readonly SavedNumber[]).forEach((number, i) => {
          value[i] = restoreNumber(field, number);
        });
      } else if (value instanceof Restorable) {
        expectState(field, saved, typeof saved === 'object' && !Array.isArray(saved));
        value.restoreState(saved as SavedState);
      }
    }
  }
}

function isNumbers(value: unknown): value is Float64Array | Int32Array {
  return value instanceof Float64Array || value instanceof Int32Array;
}

function saveNumber(value: number): SavedNumber {
  return Number.isFinite(value) ? value : (String(value) as SavedNumber);
}

function restoreNumber(field: string, saved: SavedField | undefined): number {
  if (saved === 'NaN' || saved === 'Infinity' || saved === '-Infinity') return Number(saved);
  return expectState(field, saved, typeof saved === 'number') as number;
}

function expectState(field: string, saved: SavedField | undefined, fits: boolean): SavedField | undefined {
  if (fits) return saved;
  const message = `expected a saved state of the same indicator at "${field}", was ${JSON.stringify(saved)?.slice(0, 60)}; warm it up from bars instead`;
  throw new BellwetherError('invalid', 'indicator/bad-state', message, { field });
}
