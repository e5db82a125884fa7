import { closeRaces } from '../orders/suites/close-races.ts';
import { drift } from '../orders/suites/drift.ts';
import { partialFills } from '../orders/suites/partial-fills.ts';
import { reservations } from '../orders/suites/reservations.ts';
import type { SoakSuite } from './soak-suite.ts';

/** Every promise that can be tried at length. Suites that need processes of their own are added here too. */
export const SUITES: readonly SoakSuite[] = [closeRaces, partialFills, drift, reservations];
