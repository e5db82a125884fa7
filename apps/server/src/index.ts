/** Starts and looks after Bellwether as processes. */
export { type Config, readConfig } from './config.ts';
export { diagnose, migrateDatabase, readRecordedExecution } from './maintenance.ts';
export { parseRoles, ROLES, type Role } from './roles.ts';
export { type Served, serve } from './serve.ts';
