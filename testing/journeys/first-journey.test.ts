/**
 * The heart of the first journey in a real browser against the real server: sign in, run a template in simulation, watch, read the report.
 * Pictures of what was seen go to artifacts/. Fails on any console error, page error, or request that leaves the origin.
 */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium, HOW_TO_GET_CHROMIUM } from '../../tools/find-chromium.mjs';
import { freePort, type RealServer, startRealServer, temporaryDataDir } from './real-server.ts';

const executablePath = findChromium();
const skip = executablePath === undefined ? HOW_TO_GET_CHROMIUM : false;
const ARTIFACTS = fileURLToPath(new URL('../../artifacts/', import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryDataDir>>;
let server: RealServer;
let browser: Browser;
const complaints: string[] = [];

before(async () => {
  if (executablePath === undefined) return;
  await mkdir(ARTIFACTS, { recursive: true });
  folder = await temporaryDataDir();
  server = await startRealServer(folder.path, await freePort());
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
after(async () => {
  if (executablePath === undefined) return;
  await browser?.close();
  await server?.stop();
  await folder?.remove();
});

async function openPage(theme: 'dark' | 'light', width = 1440): Promise<Page> {
  const context = await browser.newContext({
    colorScheme: theme,
    viewport: { width, height: 900 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    // The browser reports a refused request as an error; a sign-in that is expected to be refused asks for that.
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(server.address) && !request.url().startsWith('data:'))
      complaints.push(`left the origin: ${request.url()}`);
  });
  return page;
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${ARTIFACTS}${name}.png` });
}

async function assertAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${where}: ${id} at ${nodes[0]?.html}`),
    [],
  );
}

async function signIn(page: Page): Promise<void> {
  await page.goto(server.address);
  await page.getByLabel('E-mail').fill(server.email);
  await page.getByLabel('Password').fill(server.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Pipelines', level: 1 }).waitFor();
}

test('from the demo login to a finished simulated trade and its report', { skip, timeout: 120_000 }, async () => {
  const page = await openPage('dark');
  let clicks = 0;
  const click = async (locator: ReturnType<Page['getByRole']>) => {
    clicks += 1;
    await locator.click();
  };
  await signIn(page);
  await page.getByRole('link', { name: 'Opening-range breakout' }).waitFor();
  await assertAccessible(page, 'pipelines');
  await picture(page, 'pipelines-dark');

  await click(page.getByRole('button', { name: 'Run Opening-range breakout' }));
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await click(dialog.getByRole('radio').last());
  await click(dialog.locator('button[type=submit]'));

  await page.waitForURL(/\/executions\//);
  await page.getByRole('heading', { name: 'Journal' }).waitFor();
  await picture(page, 'execution-running-dark');
  const toReport = page.getByRole('link', { name: 'Read the report' });
  await toReport.waitFor({ timeout: 90_000 });
  await assertAccessible(page, 'execution');
  await picture(page, 'execution-done-dark');
  await click(toReport);

  await page.waitForURL(/\/reports\//);
  await page.getByRole('figure').first().waitFor();
  const text = (await page.locator('main').innerText()).replaceAll('\n', ' ');
  assert.match(text, /ORBX/);
  assert.match(text, /Synthetic data/);
  assert.match(text, /stop/i);
  assert.match(text, /target/i);
  await assertAccessible(page, 'report');
  await picture(page, 'report-dark');
  assert.ok(clicks <= 9, `expected at most 9 clicks after signing in, were ${clicks}`);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('a phone in the light sees the same, without sideways scrolling', { skip, timeout: 60_000 }, async () => {
  const page = await openPage('light', 390);
  await signIn(page);
  for (const [path, name] of [
    ['/pipelines', 'pipelines'],
    ['/executions', 'activity'],
    ['/reports', 'reports'],
  ] as const) {
    await page.goto(`${server.address}${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle').catch(() => undefined);
    await assertAccessible(page, name);
    // Text, because it runs in the browser, whose names the project's type checker does not know here.
    const overflow = Number(
      await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    );
    assert.ok(overflow <= 0, `${path} is ${overflow} px too wide at 390 px`);
    await picture(page, `${name}-light-390`);
  }
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('a wrong password is refused in one sentence', { skip, timeout: 60_000 }, async () => {
  const page = await openPage('light');
  await page.goto(server.address);
  await page.getByLabel('E-mail').fill(server.email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  assert.match(await page.getByRole('alert').innerText(), /\S/);
  await picture(page, 'login-refused-light');
  await page.context().close();
});
