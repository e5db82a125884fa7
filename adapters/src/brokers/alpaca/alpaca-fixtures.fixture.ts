import { readFileSync } from 'node:fs';
import type { WireObject } from './alpaca-wire.ts';

/** A recorded answer by its name, parsed as the client parses it. Those that end in `.synthetic` were made by hand. */
export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8'));
}

/** The same, with some of its fields changed; one that becomes `undefined` is absent. */
export function changed(name: string, changes: WireObject): WireObject {
  return JSON.parse(JSON.stringify({ ...(fixture(name) as WireObject), ...changes }));
}
