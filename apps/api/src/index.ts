/** The HTTP and WebSocket face of the platform. */
export type { AgentDescription, ApiOptions, TapeLibrary } from './api-options.ts';
export { API_BASE, createApi } from './app.ts';
export { type DemoWorkspace, ensureDemoUser } from './demo-workspace.ts';
export { hashPassword, verifyPassword } from './http/password.ts';
