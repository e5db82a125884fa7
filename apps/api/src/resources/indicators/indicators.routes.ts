import { IndicatorList, type IndicatorWire } from '@bellwether/contracts';
import type { IndicatorDefinition } from '@bellwether/indicators';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';

export function indicatorRoutes(api: Api, { indicators }: ApiOptions): void {
  const list = { items: [...indicators.values()].map(indicatorToWire) };
  api.get(
    '/indicators',
    {
      schema: {
        tags: ['agents'],
        operationId: 'listIndicators',
        summary: 'List indicators with their parameters',
        response: { 200: IndicatorList },
      },
    },
    () => list,
  );
}

function indicatorToWire(definition: IndicatorDefinition): IndicatorWire {
  return {
    name: definition.name,
    title: definition.title,
    description: definition.description,
    params: definition.params.map((parameter) => ({
      name: parameter.name,
      title: parameter.title,
      description: parameter.description,
      type: parameter.integer ? 'integer' : 'number',
      default: parameter.default,
      minimum: parameter.minimum,
      maximum: parameter.maximum,
    })),
    outputs: [...definition.outputs],
    default_output: definition.defaultOutput,
  };
}
