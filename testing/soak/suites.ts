import { crashesOverHttp, databaseCrashesOverHttp } from '../accounts/crashes.suite.ts';
import { killSwitchOverHttp } from '../accounts/kill-switch.suite.ts';
import { lostAnswersOverHttp, streamLossOverHttp } from '../accounts/lost-answers.suite.ts';
import { closeRaces } from '../orders/suites/close-races.ts';
import { crashes } from '../orders/suites/crashes.ts';
import { drift } from '../orders/suites/drift.ts';
import { flatten } from '../orders/suites/flatten.ts';
import { switchRaces } from '../orders/suites/kill-switch.ts';
import { lostAnswers } from '../orders/suites/lost-answers.ts';
import { nakedBounds } from '../orders/suites/naked-bounds.ts';
import { partialFills } from '../orders/suites/partial-fills.ts';
import { reservations } from '../orders/suites/reservations.ts';
import { sharedAccount } from '../orders/suites/shared-account.ts';
import { sizing } from '../orders/suites/sizing.ts';
import { streamLoss } from '../orders/suites/stream-loss.ts';
import type { SoakSuite } from './soak-suite.ts';

/** Every promise that can be tried at length. Suites that need processes of their own are added here too. */
export const SUITES: readonly SoakSuite[] = [
  crashes,
  lostAnswers,
  nakedBounds,
  closeRaces,
  partialFills,
  streamLoss,
  switchRaces,
  drift,
  reservations,
  sharedAccount,
  sizing,
  flatten,
  killSwitchOverHttp,
  crashesOverHttp,
  databaseCrashesOverHttp,
  lostAnswersOverHttp,
  streamLossOverHttp,
];
