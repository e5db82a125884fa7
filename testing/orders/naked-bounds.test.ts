import { fastSuite } from '../soak/fast-suite.ts';
import { nakedBounds } from './suites/naked-bounds.ts';

fastSuite(nakedBounds);
