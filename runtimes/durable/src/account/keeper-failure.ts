import { isBellwetherError } from '@bellwether/domain';
import { LeaseLost } from './account-writer.ts';
import { isOutage } from './database-outage.ts';
import { BrokerNotOpened } from './open-binding.ts';

/** What a keeper's failure means: the account is somebody else's, it may be tried again, or its rows and its machine do not agree. */
export function keeperFailure(error: unknown): 'lost' | 'failed' | 'broken' {
  if (error instanceof LeaseLost) return 'lost';
  if (error instanceof BrokerNotOpened) return 'failed';
  return isOutage(error) || (isBellwetherError(error) && error.kind !== 'bug') ? 'failed' : 'broken';
}
