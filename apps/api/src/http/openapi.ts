/** The API's description: routes' schemas ──▶ OpenAPI 3.1, every named schema once and referred to. */

import { ProblemWire } from '@bellwether/contracts';
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

type Json = { [key: string]: unknown };

/** Collects the routes that are registered after it. `version` is the platform's. */
export async function installOpenapi(api: FastifyInstance, version: string): Promise<void> {
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Bellwether', version, description: 'Draw a trading pipeline, try it without risk, let it run.' },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'bellwether_session' },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ session: [] }, { bearer: [] }],
    },
    transform: ({ schema, url, route }) => ({
      schema: route.config?.public === true ? { ...schema, security: [] } : schema,
      url,
    }),
    transformObject: (document) =>
      describe(('openapiObject' in document ? document.openapiObject : {}) as Json) as never,
  });
}

function describe(document: Json): Json {
  const schemas: Json = {};
  const described = hoist(document, schemas) as Json;
  const problem = hoist(ProblemWire, schemas);
  for (const path of Object.values(described['paths'] as Record<string, Record<string, Json>>)) {
    for (const operation of Object.values(path)) {
      const responses = (operation['responses'] ??= {}) as Json;
      responses['default'] = {
        description: 'What is wrong',
        content: { 'application/problem+json': { schema: problem } },
      };
    }
  }
  const components = {
    ...(described['components'] as Json),
    schemas: Object.fromEntries(Object.entries(schemas).sort()),
  };
  return { ...described, components };
}

/** Moves every schema with an `x-name` to the components and leaves a reference, innermost first. */
function hoist(value: unknown, schemas: Json): unknown {
  if (Array.isArray(value)) return value.map((item) => hoist(item, schemas));
  if (typeof value !== 'object' || value === null) return value;
  const { 'x-name': name, 'x-discriminator': tag, ...rest } = value as Json;
  const inner: Json = {};
  for (const [key, member] of Object.entries(rest)) inner[key] = hoist(member, schemas);
  if (typeof tag === 'string')
    inner['discriminator'] = { propertyName: tag, mapping: mappingOf(inner['anyOf'], tag, schemas) };
  if (typeof name !== 'string') return inner;
  schemas[name] = inner;
  return { $ref: `#/components/schemas/${name}` };
}

/** Which tag means which member: without it client generators take the schema's name for the tag. */
function mappingOf(members: unknown, tag: string, schemas: Json): Json {
  const mapping: Json = {};
  for (const { $ref } of members as { $ref: string }[]) {
    const schema = schemas[$ref.slice('#/components/schemas/'.length)] as {
      properties: Record<string, { const?: string; enum?: readonly string[] }>;
    };
    // The collecting plugin writes a constant as an enumeration of one.
    const value = schema.properties[tag]?.const ?? schema.properties[tag]?.enum?.[0];
    if (value !== undefined) mapping[value] = $ref;
  }
  return mapping;
}
