import { fastSuite } from '../soak/fast-suite.ts';
import { sizing } from './suites/sizing.ts';

fastSuite(sizing);
