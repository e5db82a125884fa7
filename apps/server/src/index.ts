/** Starts and looks after Bellwether as processes. */
export { readConfig } from './config.ts';
export { diagnose, migrateDatabase, readRecordedExecution } from './maintenance.ts';
export { parseRoles, ROLES } from './roles.ts';
export { type Served, serve } from './serve.ts';
