/** For tests only: Alpaca's published OpenAPI file, against which every answer is held. */
import { readFileSync } from 'node:fs';
import { sharedData } from '@bellwether/testing';
import { Ajv, type ValidateFunction } from 'ajv';

export const OPENAPI = 'specs/alpaca-trading-api.json';

const TEMPLATES: readonly (readonly [RegExp, string])[] = [
  [/^\/v2\/orders\/[^/]+$/, '/v2/orders/{order_id}'],
  [/^\/v2\/positions\/[^/]+$/, '/v2/positions/{symbol_or_asset_id}'],
  [/^\/v2\/account\/activities\/[^/]+$/, '/v2/account/activities/{activity_type}'],
  [/^\/v2\/assets\/[^/]+$/, '/v2/assets/{symbol_or_asset_id}'],
];

type Problem = string | null | 'undocumented';

/** Returns a check of an answer: `null` when it is as documented. Without the file everything is. */
export function openApiCheck(): (method: string, path: string, status: number, body: unknown) => Problem {
  const file = sharedData(OPENAPI);
  if (file === undefined) return () => null;
  // Its two kinds of activity have no required field, so that a fill is always both: "one of" can never hold.
  const document = JSON.parse(readFileSync(file, 'utf8').replaceAll('"oneOf"', '"anyOf"')) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const ajv = new Ajv({ strict: false, allErrors: true });
  const DECIMAL = /^-?\d+(?:\.\d+)?$/;
  ajv.addFormat('decimal', DECIMAL);
  ajv.addFormat('uuid', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  ajv.addFormat('date', /^\d{4}-\d{2}-\d{2}$/);
  ajv.addFormat('date-time', (text: string) => {
    Temporal.Instant.from(text);
    return true;
  });
  ajv.addSchema(document, 'alpaca');
  const checks = new Map<string, ValidateFunction | null>();
  return (method, path, status, body) => {
    const template = TEMPLATES.find(([pattern]) => pattern.test(path))?.[1] ?? path;
    const steps = ['paths', template, method.toLowerCase(), 'responses', String(status), 'content', 'application/json'];
    const pointer = steps.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
    let check = checks.get(pointer);
    if (check === undefined) {
      const found = steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);
      const schema = `alpaca#/${[...pointer.split('/'), 'schema'].map(encodeURIComponent).join('/')}`;
      check = found === undefined ? null : ajv.compile({ $ref: schema });
      checks.set(pointer, check);
    }
    if (check === null) return 'undocumented';
    return check(body) ? null : ajv.errorsText(check.errors);
  };
}
