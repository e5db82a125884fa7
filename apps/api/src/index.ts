/** The HTTP and WebSocket face of the platform. */
export type { ApiOptions, TapeLibrary } from './api-options.ts';
export { createApi } from './app.ts';
export { ensureDemoUser } from './demo-workspace.ts';
