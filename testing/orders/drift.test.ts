import { fastSuite } from '../soak/fast-suite.ts';
import { drift } from './suites/drift.ts';

fastSuite(drift);
