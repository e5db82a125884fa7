import { StatusWire } from '@bellwether/contracts';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';

export function statusRoutes(api: Api, { version, isDemo }: ApiOptions): void {
  const status = {
    mode_banner: { mode: 'simulation' as const, text: 'SIMULATION · nothing here uses real money' },
    version,
    demo: isDemo,
  };
  api.get(
    '/status',
    {
      config: { public: true },
      schema: {
        tags: ['operations'],
        operationId: 'getStatus',
        summary: 'Say which platform this is',
        response: { 200: StatusWire },
      },
    },
    () => status,
  );
}
