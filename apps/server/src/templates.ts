import { readFile } from 'node:fs/promises';
import type { ApiOptions } from '@bellwether/api';
import { BellwetherError } from '@bellwether/domain';

const EXAMPLES = new URL('../../../examples/', import.meta.url);

interface TemplateEntry {
  readonly template_id: string;
  readonly tape_id: string;
  readonly symbol: string;
}

/** Reads the pipelines that every workspace begins with, each trading the symbol of its demo tape. */
export async function readTemplates(): Promise<ApiOptions['templates']> {
  const entries = (await readJson('templates.json')) as readonly TemplateEntry[];
  return Promise.all(
    entries.map(async ({ template_id, tape_id, symbol }) => {
      const example = (await readJson(`${template_id}.json`)) as Record<string, unknown>;
      const document = { ...example, symbol };
      return {
        template_id,
        name: String(example['name']),
        description: String(example['description'] ?? ''),
        symbols: [symbol],
        tags: [String(example['primary_timeframe'] ?? '1d'), String(example['run_mode'] ?? 'run_once')],
        free: true,
        document,
        tape_id,
      };
    }),
  );
}

async function readJson(name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(new URL(name, EXAMPLES), 'utf8'));
  } catch (error) {
    throw new BellwetherError(
      'invalid',
      'pipeline/unreadable',
      `expected the template examples/${name}, which cannot be read; the checkout is incomplete, fetch it again`,
      { name },
      error,
    );
  }
}
