import Type, { type Static } from 'typebox';
import { Id, Instant } from './wire-value.schema.ts';

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

export const StepUpWire = Type.Object(
  { password: Type.String({ minLength: 1, maxLength: 1024 }) },
  { 'x-name': 'StepUp' },
);
/** Until when this session may do what needs the password again. */
export const SteppedUpWire = Type.Object({ until: Instant }, { 'x-name': 'SteppedUp' });
