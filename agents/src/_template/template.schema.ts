import type { Timeframe } from '@bellwether/domain';
import { readConfig, timeframeField } from '@bellwether/kernel';
import Type from 'typebox';

/** What the form of the node is drawn from; names and units of the wire. Every property has title, description and default. */
export const TemplateConfigSchema = Type.Object(
  {
    timeframe: timeframeField('Bars that the node looks at.'),
    least_change_pct: Type.Optional(
      Type.Number({ title: 'Least change', description: 'In percent.', default: 1, minimum: 0, maximum: 100 }),
    ),
  },
  { additionalProperties: false },
);

export interface TemplateConfig {
  readonly timeframe: Timeframe;
  /** 0–1. */
  readonly leastChange: number;
}

/** Reads a node's config: the one place that knows both spellings. Throws `config/invalid` naming the first field that does not fit. */
export function templateConfig(config: unknown): TemplateConfig {
  const wire = readConfig('template_agent', TemplateConfigSchema, config);
  return { timeframe: wire.timeframe, leastChange: wire.least_change_pct / 100 };
}
