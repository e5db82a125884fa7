import Type, { type Static } from 'typebox';

/** What is wrong, by RFC 9457; `code` is stable. */
export const ProblemWire = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ examples: ['pipeline/not-found'] }),
    detail: Type.String(),
    instance: Type.String(),
    errors: Type.Array(Type.Object({ path: Type.String(), message: Type.String() })),
  },
  // A problem may carry more, such as `current` of a stale edit.
  { 'x-name': 'Problem', additionalProperties: true },
);
export type ProblemWire = Static<typeof ProblemWire>;
