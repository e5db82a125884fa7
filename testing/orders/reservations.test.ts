import { fastSuite } from '../soak/fast-suite.ts';
import { reservations } from './suites/reservations.ts';

fastSuite(reservations);
