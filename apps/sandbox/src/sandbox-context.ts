import type { EpochMs } from '@bellwether/domain';
import type { AccountOperation, OperationAnswers } from './account-operations.ts';
import type { AccountSettings } from './account-settings.ts';
import type { PostLog } from './post-log.ts';
import type { RateWindow } from './rate-window.ts';
import type { SandboxAccount } from './sandbox-account.ts';

/** One client's corner of the sandbox. */
export interface Corner {
  account: SandboxAccount;
  readonly posts: PostLog;
  readonly rate: RateWindow;
}

/** What the routes stand on. */
export interface SandboxContext {
  /** The wall's clock. */
  readonly clock: () => EpochMs;
  /** Resolves after so many milliseconds of the wall's clock. */
  readonly wait: (ms: number) => Promise<void>;
  readonly requestsPerMinute: number;
  /** The corner of a key, opened at first use. */
  readonly corner: (keyId: string) => Corner;
  /** Opens the account of a key as told; `false` when it has already traded. */
  readonly open: (keyId: string, settings: AccountSettings) => boolean;
  /** Performs an operation and writes it down. Throws what the operation throws. */
  readonly run: <Kind extends AccountOperation['kind']>(
    corner: Corner,
    operation: Extract<AccountOperation, { kind: Kind }>,
  ) => OperationAnswers[Kind];
}
