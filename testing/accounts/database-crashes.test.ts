/**
 * PostgreSQL crashed while real workers trade and a user clicks: whatever was acknowledged is there afterwards (promise P3).
 *
 * What would make it vacuous: nothing traded or clicked meanwhile (both are counted), or an outage that nobody noticed: the API has to say 503.
 */
import { fastSuite } from '../soak/fast-suite.ts';
import { databaseCrashesOverHttp } from './crashes.suite.ts';

fastSuite(databaseCrashesOverHttp, 90);
