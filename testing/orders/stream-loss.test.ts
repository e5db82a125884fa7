import { fastSuite } from '../soak/fast-suite.ts';
import { streamLoss } from './suites/stream-loss.ts';

fastSuite(streamLoss);
