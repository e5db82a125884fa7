import { fastSuite } from '../soak/fast-suite.ts';
import { lostAnswers } from './suites/lost-answers.ts';

fastSuite(lostAnswers);
