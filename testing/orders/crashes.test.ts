import { fastSuite } from '../soak/fast-suite.ts';
import { crashes } from './suites/crashes.ts';

fastSuite(crashes);
