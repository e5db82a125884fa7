export * from './connect.ts';
export { defaultDataDir } from './data-folder.ts';
export { type DatabaseServer, type EmbeddedOptions, type EmbeddedServer, startEmbedded } from './embedded.ts';
export { connectExternal } from './external.ts';
export { type MigrationResult, migrate } from './migrate.ts';
export { APP_ROLE, type DatabaseRole, ENGINE_ROLE } from './roles.ts';
export type { Schema } from './schema.generated.ts';
