export * from './connect.ts';
export { defaultDataDir } from './data-folder.ts';
export { type DatabaseServer, hasCluster, reachEmbedded, startEmbedded } from './embedded.ts';
export { connectExternal } from './external.ts';
export { type MigrationResult, migrate } from './migrate.ts';
export type { Schema } from './schema.generated.ts';
