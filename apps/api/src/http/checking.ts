/** Checks what comes in against the contract's schemas, and, where asked, what goes out. */
import { BellwetherError } from '@bellwether/domain';
import { schemaProblems } from '@bellwether/pipeline';
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import Value from 'typebox/value';

const PLACES: Readonly<Record<string, string>> = { body: 'the body', querystring: 'the query', params: 'the address' };

const checkRequest: FastifySchemaCompiler<TSchema> = ({ schema, httpPart = '' }) => {
  const compiled = Compile(schema);
  // Only text arrives in addresses; a body says what it means.
  const isText = httpPart === 'querystring' || httpPart === 'params';
  return (given: unknown) => {
    const value = isText ? Value.Convert(schema, given) : (given ?? {});
    if (compiled.Check(value)) return { value };
    const errors = schemaProblems(schema, value).map(({ path, message }) => ({ path, message }));
    const first = errors[0] ?? { path: '', message: 'expected another value' };
    const place = PLACES[httpPart] ?? httpPart;
    return {
      error: new BellwetherError(
        'invalid',
        'request/invalid',
        first.path === '' ? `in ${place}: ${first.message}` : `${first.path} in ${place}: ${first.message}`,
        { errors },
      ),
    };
  };
};

/** Installs the checks. Answers are serialized as they are, which the stores' explicit mapping makes safe. */
export function installChecks(api: FastifyInstance, checksAnswers: boolean): void {
  api.setValidatorCompiler(checkRequest as FastifySchemaCompiler<unknown>);
  api.setSerializerCompiler(({ schema, url, method, httpStatus }) => {
    if (!checksAnswers) return JSON.stringify;
    const compiled = Compile(schema as TSchema);
    return (answer) => {
      // As the client sees it: members that are undefined are not there.
      const text = JSON.stringify(answer);
      const seen: unknown = JSON.parse(text);
      if (compiled.Check(seen)) return text;
      const found = schemaProblems(schema as TSchema, seen)
        .map(({ path, message }) => `${path}: ${message}`)
        .join('; ');
      throw new BellwetherError(
        'bug',
        'server/internal',
        `expected the ${httpStatus ?? ''} answer of ${method} ${url} to meet its schema, was not: ${found}`,
      );
    };
  });
}

/** Reads JSON bodies; an empty one is none, and U+0000, which the database cannot hold, is refused by name. */
export function installBodyParser(api: FastifyInstance): void {
  const parse = api.getDefaultJsonParser('error', 'error');
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') {
      done(null, undefined);
      return;
    }
    if (text.includes('\\u0000')) {
      done(
        new BellwetherError(
          'invalid',
          'request/invalid',
          'expected text without the character U+0000, was with it; remove it',
        ),
      );
      return;
    }
    // The parser answers through `done`; what it returns besides is nothing.
    void parse(request, text as string, (error, body) => {
      if (error === null) done(null, body);
      else
        done(
          new BellwetherError(
            'invalid',
            'request/invalid',
            `expected a body of valid JSON, was not: ${error.message}`,
            {},
            error,
          ),
        );
    });
  });
}
