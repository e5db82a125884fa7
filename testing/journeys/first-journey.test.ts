/**
 * The heart of the first journey in a real browser against the real server: sign in, run a template in simulation, watch, read the report;
 * and what must hold beside it: a server that dies in the middle, every page in both themes, a phone.
 * Pictures of what was seen go to artifacts/. Fails on any console error, page error, or request that leaves the origin.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import {
  assertAccessible,
  assertNothingSticksOut,
  launchBrowser,
  picture,
  pictureForReadme,
  signIn,
  type Visitor,
  visit,
  WITHOUT_BROWSER,
} from './browser.ts';
import { freePort, type RealServer, startRealServer, temporaryDataDir } from './real-server.ts';

const skip = WITHOUT_BROWSER;

let folder: Awaited<ReturnType<typeof temporaryDataDir>>;
let port: number;
let server: RealServer;
let browser: Browser;

before(async () => {
  if (skip !== false) return;
  folder = await temporaryDataDir();
  port = await freePort();
  server = await startRealServer(folder.path, port);
  browser = await launchBrowser();
});
after(async () => {
  if (skip !== false) return;
  await browser?.close();
  await server?.stop();
  await folder?.remove();
});

/** From the list: Run, a speed by its name, start; ends on the execution. */
async function runFromList({ page, click }: Visitor, pipeline: string, speed: RegExp): Promise<void> {
  await click(page.getByRole('button', { name: `Run ${pipeline}`, exact: true }));
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await click(dialog.getByRole('radio', { name: speed }));
  await click(dialog.locator('button[type=submit]'));
  await page.waitForURL(/\/executions\//);
  await page.getByRole('heading', { name: 'Journal' }).waitFor();
}

const reportLink = (page: Page) => page.getByRole('link', { name: 'Read the report' });
const doneCells = (page: Page) => page.locator('bw-lanes button.done');

test('from the demo login to a finished simulated trade and its report', { skip, timeout: 60_000 }, async () => {
  const visitor = await visit(browser, server, 'dark');
  const { page, click } = visitor;
  await signIn(page, server);
  await page.getByRole('link', { name: 'RSI reversal with bracket' }).waitFor();
  await picture(page, 'pipelines-dark');

  await runFromList(visitor, 'RSI reversal with bracket', /604,800/);
  await reportLink(page).waitFor();
  await picture(page, 'execution-done-dark');
  await click(reportLink(page));

  await page.waitForURL(/\/reports\//);
  await page.getByRole('figure').first().waitFor();
  // The position goes on along the tape after the report was written, and the page with it.
  await page.getByText('Net P&L').waitFor();
  const text = (await page.locator('main').innerText()).replaceAll('\n', ' ');
  assert.match(text, /AAPL: bought [\d,]+ at \$\d+\.\d\d/);
  assert.match(text, /Recorded daily bars of AAPL/);
  assert.match(text, /Test, not real money/);
  assert.match(text, /stop/i);
  assert.match(text, /target/i);
  assert.doesNotMatch(text, /\b[a-z]+_[a-z_]+\b|\d{4}-\d\d-\d\dT/, 'codes and raw times are for machines');
  await picture(page, 'report-dark');
  await pictureForReadme(page);
  assert.ok(visitor.clicks() <= 9, `expected at most 9 clicks after signing in, were ${visitor.clicks()}`);
  assert.deepEqual(visitor.complaints, []);
  await page.context().close();
});

test('a server killed in the middle comes back, the page by itself, and the entry is ordered once', {
  skip,
  timeout: 80_000,
}, async () => {
  const visitor = await visit(browser, server, 'dark');
  const { page } = visitor;
  await signIn(page, server);
  // Decided at the close and filled at the next open: at an hour a second the order is on its way for seventeen seconds.
  await runFromList(visitor, 'SMA cross, long and short', /3600/);
  await page.getByText(/Entry order, market buy .*: planned/).waitFor();
  assert.ok((await doneCells(page).count()) >= 4, 'lanes fill while the execution is under way');
  assert.equal(await reportLink(page).count(), 0);
  await picture(page, 'execution-running-dark');

  visitor.expectOutage();
  const exited = once(server.process, 'exit');
  server.process.kill('SIGKILL');
  await exited;
  await page
    .getByText(/Reconnecting|Polling|Offline/)
    .first()
    .waitFor();
  await picture(page, 'execution-server-gone-dark');
  server = await startRealServer(folder.path, port);

  await reportLink(page).waitFor({ timeout: 60_000 });
  assert.equal(await page.getByText(/Entry order, market buy .*: planned/).count(), 1);
  await reportLink(page).click();
  await page.waitForURL(/\/reports\//);
  const orders = page.getByRole('table', { name: 'Orders of this decision' });
  await orders.waitFor();
  assert.equal(await orders.getByRole('rowheader', { name: 'Entry' }).count(), 1);
  assert.deepEqual(visitor.complaints, []);
  await page.context().close();
});

for (const [theme, width, narrower] of [
  ['dark', 1440, 1024],
  ['light', 390, 360],
] as const) {
  test(`every page is accessible and fits, ${theme}, at ${width} and ${narrower} px`, {
    skip,
    timeout: 60_000,
  }, async () => {
    const { page, complaints } = await visit(browser, server, theme, width);
    await page.goto(server.address);
    await page.getByLabel('E-mail').waitFor();
    await assertAccessible(page, 'login');
    await signIn(page, server);
    const first = async (path: string, name: RegExp) =>
      (await page.locator(`main a[href^="${path}"]`).filter({ hasText: name }).first().getAttribute('href')) ?? '';
    await page.locator('main a[href^="/pipelines/"]').first().waitFor();
    const pipeline = await first('/pipelines/', /RSI reversal/);
    const execution = await first('/executions/', /traded/);
    for (const [name, path] of [
      ['pipelines', '/pipelines'],
      ['pipeline', pipeline],
      ['activity', '/executions'],
      ['execution', execution],
      ['reports', '/reports'],
      ['report', execution.replace('executions', 'reports')],
      ['not-found', '/nowhere'],
    ] as const) {
      await page.goto(`${server.address}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      await assertAccessible(page, `${name}, ${theme} at ${width}`);
      await assertNothingSticksOut(page, `${name} at ${width}`);
      await picture(page, `${name}-${theme}-${width}`);
      await page.setViewportSize({ width: narrower, height: 900 });
      await assertNothingSticksOut(page, `${name} at ${narrower}`);
      await picture(page, `${name}-${theme}-${narrower}`);
      await page.setViewportSize({ width, height: 900 });
    }
    assert.deepEqual(complaints, []);
    await page.context().close();
  });
}

test('a pipeline that is started says what it waits for, and stops when told', { skip, timeout: 60_000 }, async () => {
  const { page, complaints } = await visit(browser, server, 'dark');
  await signIn(page, server);
  await page.getByRole('button', { name: 'Start MACD trend' }).click();
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'MACD trend' }) });
  await row.getByRole('button', { name: 'Stop MACD trend' }).click();
  await row.getByRole('button', { name: 'Start MACD trend' }).waitFor();
  assert.match(await row.innerText(), /stopped/);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('a wrong password is refused in one sentence', { skip, timeout: 60_000 }, async () => {
  const { page } = await visit(browser, server, 'light');
  await page.goto(server.address);
  await page.getByLabel('E-mail').fill(server.email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  assert.match(await page.getByRole('alert').innerText(), /\S/);
  await picture(page, 'login-refused-light');
  await page.context().close();
});
