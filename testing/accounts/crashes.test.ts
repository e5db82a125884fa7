/**
 * Worker processes killed with SIGKILL at every named crash point while they trade on a sandbox that errs; the broker's own record against the
 * ledger at the end (promise P1).
 *
 * What would make it vacuous: nobody dying at a point (each is counted), nothing being traded (counted), ids that no copy could double: the
 * control sends each copy under an id of its own, and must be found out.
 */
import { fastSuite } from '../soak/fast-suite.ts';
import { crashesOverHttp } from './crashes.suite.ts';

fastSuite(crashesOverHttp, 170);
