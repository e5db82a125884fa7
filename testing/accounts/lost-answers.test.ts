/**
 * Real workers on a sandbox that loses answers and events; the broker's own record against the ledger at the end (promises P2 and P8).
 *
 * What would make it vacuous: nothing being traded under a fault (counted for each), ids that no copy could double: the control sends each copy
 * under an id of its own, and must be found out.
 */
import { fastSuite } from '../soak/fast-suite.ts';
import { lostAnswersOverHttp, streamLossOverHttp } from './lost-answers.suite.ts';

fastSuite(lostAnswersOverHttp, 60);
fastSuite(streamLossOverHttp, 60);
