export { runCommandLine } from './bellwether.ts';
