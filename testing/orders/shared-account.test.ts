import { fastSuite } from '../soak/fast-suite.ts';
import { sharedAccount } from './suites/shared-account.ts';

fastSuite(sharedAccount);
