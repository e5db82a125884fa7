import { fastSuite } from '../soak/fast-suite.ts';
import { partialFills } from './suites/partial-fills.ts';

fastSuite(partialFills);
