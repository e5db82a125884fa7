/** Starts and looks after Bellwether as processes. */
export { openBindings } from './bindings.ts';
export { readConfig } from './config.ts';
export { diagnose, migrateDatabase, readRecordedExecution, storeCapabilityResult, verifyAudit } from './maintenance.ts';
export { releasePlatform, stopPlatform } from './platform-switch.ts';
export { parseRoles, ROLES } from './roles.ts';
export { sandboxKeyOf } from './sandbox-market.ts';
export { type Served, serve } from './serve.ts';
