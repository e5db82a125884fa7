import { fastSuite } from '../soak/fast-suite.ts';
import { flatten } from './suites/flatten.ts';

fastSuite(flatten);
