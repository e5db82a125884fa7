import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { findChromium, HOW_TO_GET_CHROMIUM } from '../../tools/find-chromium.mjs';
import type { RealServer } from './real-server.ts';

export type Theme = 'dark' | 'light';

const executablePath = findChromium();
/** False where a browser was found, else how to get one: for the `skip` of a test. */
export const WITHOUT_BROWSER = executablePath === undefined ? HOW_TO_GET_CHROMIUM : false;

const ARTIFACTS = fileURLToPath(new URL('../../artifacts/', import.meta.url));
const SCREENSHOT = fileURLToPath(new URL('../../docs/screenshot.png', import.meta.url));

/** One visitor: a browser of its own session, with all it complained about. */
export interface Visitor {
  readonly page: Page;
  /** Console errors, page errors and requests that left the origin. */
  readonly complaints: string[];
  /** From here on a lost connection is part of the test. */
  expectOutage(): void;
  /** Every click of the visit, counted. */
  click(what: Locator): Promise<void>;
  clicks(): number;
}

export async function launchBrowser(): Promise<Browser> {
  await mkdir(ARTIFACTS, { recursive: true });
  return chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
}

export async function visit(browser: Browser, server: RealServer, theme: Theme, width = 1440): Promise<Visitor> {
  const viewport = { width, height: 900 };
  const context = await browser.newContext({ colorScheme: theme, viewport, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const complaints: string[] = [];
  let isOutage = false;
  let clicks = 0;
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const text = message.text();
    // The browser reports a refused request as an error; the first look whether there is a session asks for that.
    if (text.includes('401') || (isOutage && /ERR_CONNECTION|WebSocket|ERR_EMPTY_RESPONSE/.test(text))) return;
    complaints.push(`${text} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(server.address) && !request.url().startsWith('data:'))
      complaints.push(`left the origin: ${request.url()}`);
  });
  return {
    page,
    complaints,
    expectOutage: () => {
      isOutage = true;
    },
    click: async (what) => {
      clicks += 1;
      await what.click();
    },
    clicks: () => clicks,
  };
}

export async function signIn(page: Page, server: RealServer): Promise<void> {
  await page.goto(server.address);
  await page.getByLabel('E-mail').fill(server.email);
  await page.getByLabel('Password').fill(server.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Pipelines', level: 1 }).waitFor();
}

export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${ARTIFACTS}${name}.png` });
}

/** The picture of the README, written only where it was asked for, so that a run of the tests leaves nothing changed. */
export async function pictureForReadme(page: Page): Promise<void> {
  if (process.env['UPDATE_SCREENSHOT'] === '1') await page.screenshot({ path: SCREENSHOT });
}

/** No violation of WCAG 2.2 AA that a machine finds. */
export async function assertAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${where}: ${id} at ${nodes[0]?.html}`),
    [],
  );
}

/** No sideways scrolling. */
export async function assertNothingSticksOut(page: Page, where: string): Promise<void> {
  // Text, because it runs in the browser, whose names the project's type checker does not know here.
  const overflow = Number(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  );
  assert.ok(overflow <= 0, `${where} is ${overflow} px too wide`);
}
