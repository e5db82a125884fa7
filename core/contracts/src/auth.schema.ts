import Type, { type Static } from 'typebox';
import { Id } from './wire-value.schema.ts';

export const UserWire = Type.Object(
  { id: Id, email: Type.String(), display_name: Type.String() },
  { 'x-name': 'User' },
);
export type UserWire = Static<typeof UserWire>;

export const SignedInWire = Type.Object({ user: UserWire }, { 'x-name': 'SignedIn' });

export const LoginWire = Type.Object(
  { email: Type.String({ minLength: 3, maxLength: 320 }), password: Type.String({ minLength: 1, maxLength: 1024 }) },
  { 'x-name': 'Login' },
);
