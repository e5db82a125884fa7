import { fastSuite } from '../soak/fast-suite.ts';
import { switchRaces } from './suites/kill-switch.ts';

fastSuite(switchRaces);
