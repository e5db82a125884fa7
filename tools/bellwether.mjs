#!/usr/bin/env node
// `npx bellwether <command>`: the command line, on the Node that the project pins.
import { main } from './bootstrap.mjs';

await main(['bellwether', ...process.argv.slice(2)]);
