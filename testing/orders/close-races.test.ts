import { fastSuite } from '../soak/fast-suite.ts';
import { closeRaces } from './suites/close-races.ts';

fastSuite(closeRaces);
