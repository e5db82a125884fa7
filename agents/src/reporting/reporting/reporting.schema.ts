import { readConfig } from '@bellwether/kernel';
import Type from 'typebox';

/** What the form of a report node is drawn from; names and units of the wire. */
export const ReportingConfigSchema = Type.Object(
  {
    summary: Type.Optional(
      Type.Enum(['template'], {
        title: 'Summary',
        description: 'Who words the report: fixed sentences over the journal.',
        default: 'template',
      }),
    ),
    notify: Type.Optional(
      Type.Boolean({ title: 'Notify', description: 'Tells you when the report is ready.', default: true }),
    ),
    instructions: Type.Optional(
      Type.String({
        title: 'Instructions',
        description: 'Your own words to a language model. The template does not read them.',
        default: '',
        maxLength: 2_000,
        format: 'instructions',
      }),
    ),
    formats: Type.Optional(
      Type.Array(Type.Enum(['json', 'pdf']), {
        title: 'Formats',
        description: 'In which forms the report can be fetched.',
        default: ['json', 'pdf'],
        minItems: 1,
        maxItems: 2,
      }),
    ),
  },
  { additionalProperties: false },
);

export interface ReportingConfig {
  readonly notify: boolean;
  readonly formats: readonly ('json' | 'pdf')[];
}

/** Reads a node's config. Throws `config/invalid` naming the first field that does not fit. */
export function reportingConfig(config: unknown): ReportingConfig {
  const wire = readConfig('reporting_agent', ReportingConfigSchema, config);
  return { notify: wire.notify, formats: wire.formats };
}
