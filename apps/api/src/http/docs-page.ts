/** `/docs`: the API's description as one page that needs nothing from elsewhere and runs no script. */

interface Operation {
  readonly summary?: string;
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: unknown;
  readonly responses?: Readonly<Record<string, unknown>>;
}

interface Described {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const STYLE = `:root{color-scheme:light dark;font-family:system-ui,sans-serif;line-height:1.5}
body{max-width:70rem;margin:2rem auto;padding:0 1rem}code,pre{font-family:ui-monospace,monospace;font-size:.85em}
details{border-block-start:1px solid #8884;padding:.4rem 0}summary{cursor:pointer}pre{overflow-x:auto;padding:1rem;background:#8881}
.method{display:inline-block;min-width:4.5em;font-weight:600}.summary{opacity:.75;margin-inline-start:1em}`;

/** Draws the page; `nonce` lets its one style element pass the content security policy. */
export function docsPage(document: object, nonce: string): string {
  const { info, paths, components } = document as Described;
  const groups = Map.groupBy(
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
    ),
    ({ operation }) => operation.tags?.[0] ?? 'other',
  );
  const sections = [...groups].map(
    ([tag, operations]) => `<h2>${escape(tag)}</h2>${operations.map(operationHtml).join('')}`,
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<details id="${escape(name)}"><summary><code>${escape(name)}</code></summary>${jsonHtml(schema)}</details>`,
  );
  return `<!doctype html><html lang="en-US"><head><meta charset="utf-8"><title>${escape(info.title)} API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style nonce="${nonce}">${STYLE}</style></head>
<body><h1>${escape(info.title)} API ${escape(info.version)}</h1><p>${escape(info.description ?? '')}
Machine-readable: <a href="/api/v1/openapi.json">openapi.json</a>.</p>
${sections.join('\n')}<h2>Schemas</h2>${schemas.join('')}</body></html>`;
}

function operationHtml({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const { summary = '', operationId: _, tags: __, ...details } = operation;
  return `<details><summary><code><span class="method">${method.toUpperCase()}</span>${escape(path)}</code><span class="summary">${escape(summary)}</span></summary>${jsonHtml(details)}</details>`;
}

/** JSON with its references as links. */
function jsonHtml(value: unknown): string {
  const text = escape(JSON.stringify(value, null, 2));
  return `<pre>${text.replace(/#\/components\/schemas\/(\w+)/g, '<a href="#$1">$1</a>')}</pre>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
