import { fastSuite } from '../soak/fast-suite.ts';
import { killSwitch } from './suites/kill-switch.ts';

fastSuite(killSwitch);
