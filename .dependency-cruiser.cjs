// The dependency rule: which room may know which. Each comment says what to do instead of the forbidden arrow.
// Proved on planted trees by tools/check-arrows.test.ts.
const TEST = '\\.(test|spec|contract|fake|fixture|bench)\\.ts$|/testing\\.ts$|^testing/';
const ROOMS = '^(core|agents|adapters|runtimes|apps|db)/';
const core = (...packages) => `^core/(${packages.join('|')})/`;

/** Of our own rooms, the files under `from` may import only those under `allowed`; tests are exempt. */
const only = (name, from, allowed, instead) => ({
  name,
  severity: 'error',
  comment: instead,
  from: { path: from, pathNot: TEST },
  to: { path: ROOMS, pathNot: allowed },
});

/** Of libraries and Node, the pure files under `from` may import only the packages named; tests are exempt. */
const libraries = (name, from, packages, instead) => ({
  name,
  severity: 'error',
  comment: instead,
  from: { ...from, pathNot: [TEST, ...(from.pathNot ?? [])] },
  to: {
    path: 'node_modules/',
    pathNot: packages.length === 0 ? [] : `node_modules/(${packages.join('|')})/`,
  },
});

const strangers = (name, unit, sharedUnits, instead) => ({
  name,
  severity: 'error',
  comment: instead,
  from: { path: `${unit}/`, pathNot: sharedUnits },
  to: { path: `${unit}/`, pathNot: ['$1/', ...sharedUnits] },
});

module.exports = {
  forbidden: [
    // Inside core: kernel ▶ pipeline ▶ conditions ▶ indicators ▶ domain ▶ nothing.
    only(
      'domain-knows-nobody',
      core('domain'),
      [core('domain')],
      'Move the word down into domain, or pass the value in.',
    ),
    only(
      'indicators-know-domain',
      core('indicators'),
      [core('indicators', 'domain')],
      'Take bars and parameters as arguments.',
    ),
    only(
      'conditions-know-indicators',
      core('conditions'),
      [core('conditions', 'indicators', 'domain')],
      'Take it as an argument; what a pipeline or the kernel knows is told to conditions, never asked by them.',
    ),
    only(
      'pipeline-knows-conditions',
      core('pipeline'),
      [core('pipeline', 'conditions', 'indicators', 'domain')],
      'Describe it as plain data (agent-facts.ts) that the caller hands in.',
    ),
    only(
      'kernel-knows-ports',
      core('kernel'),
      [core('kernel', 'pipeline', 'conditions', 'indicators', 'ports', 'domain')],
      'Ask through a port, or let the runtime hand it in.',
    ),
    only('ports-know-domain', core('ports'), [core('ports', 'domain')], 'Say it in words of domain.'),
    only('matching-knows-domain', core('matching'), [core('matching', 'domain')], 'Say it in words of domain.'),
    only('analytics-know-domain', core('analytics'), [core('analytics', 'domain')], 'Say it in words of domain.'),
    only(
      'analysis-knows-indicators',
      core('analysis'),
      [core('analysis', 'indicators', 'domain')],
      'Take it as an argument: analysis reads bars and says facts.',
    ),
    only(
      'contracts-know-what-they-spell',
      core('contracts'),
      [core('contracts', 'kernel', 'pipeline', 'analytics', 'domain')],
      'Spell only what kernel, pipeline and analytics say; anything else is a word for domain first.',
    ),

    // The rooms.
    only(
      'core-knows',
      '^core/',
      ['^core/'],
      'Ask through a port in core/ports; the runtime hands in who stands behind it.',
    ),
    only(
      'agents-decide',
      '^agents/',
      ['^agents/', core('domain', 'indicators', 'conditions', 'analysis', 'analytics', 'kernel')],
      'Take it from the context.',
    ),
    only('adapters-touch', '^adapters/', ['^adapters/', core('domain', 'ports', 'matching')], 'Ask through a port.'),
    only(
      'virtual-drives',
      '^runtimes/virtual/',
      ['^runtimes/virtual/', '^core/(?!contracts/)'],
      'Take agents, adapters and the wire spelling as options: a runtime is handed what it drives.',
    ),
    only(
      'durable-drives',
      '^runtimes/durable/',
      ['^runtimes/durable/', '^core/(?!contracts/)', '^db/'],
      'Take agents, adapters and the wire spelling as options: a runtime is handed what it drives.',
    ),
    only(
      'api-serves',
      '^apps/api/',
      ['^apps/api/', '^core/', '^db/', '^runtimes/durable/src/client\\.ts$'],
      'Ask the engine through @bellwether/durable/client; adapters and agents arrive as options from the server.',
    ),
    only(
      'web-shows',
      '^apps/web/',
      ['^apps/web/', core('domain', 'conditions', 'pipeline')],
      'Ask the API for it; the web app shares only the words and the document.',
    ),
    only(
      'sandbox-plays',
      '^apps/sandbox/',
      ['^apps/sandbox/', core('domain', 'matching')],
      'The sandbox is somebody else: it knows the market and its own API, never what its clients think.',
    ),
    only(
      'server-wires',
      '^apps/server/',
      ['^apps/(server|api|sandbox)/', '^(core|agents|adapters|runtimes|db)/'],
      'The server starts roles and wires them; commands and screens are not its business.',
    ),
    only(
      'cli-wires',
      '^apps/cli/',
      ['^apps/(cli|server|sandbox)/', '^(core|agents|adapters|runtimes|db)/'],
      'A command calls the server package or a runtime; the HTTP routes and screens are not its business.',
    ),
    only(
      'db-stores',
      '^db/',
      ['^db/', core('domain')],
      'Hand the value in: the database package knows tables and roles only.',
    ),
    {
      name: 'adapters-are-chosen-in-one-place',
      severity: 'error',
      comment: 'Choose adapters in wiring.ts or bindings.ts (server) or in a command (cli), and pass the port on.',
      from: { path: '^apps/server/', pathNot: [TEST, '^apps/server/src/(wiring|bindings)\\.ts$'] },
      to: { path: '^adapters/' },
    },
    {
      name: 'nothing-leans-on-testing-tools-examples',
      severity: 'error',
      comment: 'Move what the product needs into its room; testing, tools, examples and benchmarks stand outside.',
      from: { path: ROOMS, pathNot: TEST },
      to: { path: '^(testing|tools|examples|benchmarks)/' },
    },
    {
      name: 'tests-lean-on-testing-only',
      severity: 'error',
      comment: 'Import @bellwether/testing, or write the fixture beside the test.',
      from: { path: ROOMS },
      to: { path: '^(tools|examples|benchmarks)/' },
    },
    {
      name: 'test-code-stays-in-tests',
      severity: 'error',
      comment:
        'Product code imports no test, fake, fixture or contract; if both need it, it belongs in a file of its own.',
      from: { path: ROOMS, pathNot: TEST },
      to: { path: '\\.(test|spec|contract|fake|fixture|bench)\\.ts$|/src/testing\\.ts$' },
    },

    // Strangers.
    strangers(
      'agents-are-strangers',
      '^agents/src/([^/]+/[^/]+)',
      [],
      'What two agents need is a word of core, or it is written twice.',
    ),
    strangers(
      'adapters-are-strangers',
      '^adapters/src/([^/]+/[^/]+)',
      [],
      'What two adapters need is a word of core, or it is written twice.',
    ),
    strangers(
      'resources-are-strangers',
      '^apps/api/src/resources/([^/]+)',
      [],
      'What two resources need is a word of core, of http/ or of stream/, or it is written twice.',
    ),
    strangers(
      'features-are-strangers',
      '^apps/web/src/app/([^/]+)',
      ['^apps/web/src/app/(design|session|shell|api)/'],
      'Web features share design/, session/, shell/ and api/ only.',
    ),

    {
      name: 'shared-folders-know-no-feature',
      severity: 'error',
      comment: 'Pass it in as an input, or move the shared part into design/, session/, shell/ or api/.',
      from: { path: '^apps/web/src/app/(design|session|shell|api)/', pathNot: TEST },
      to: { path: '^apps/web/src/app/[^/]+/', pathNot: '^apps/web/src/app/(design|session|shell|api)/' },
    },
    {
      name: 'design-has-no-data-access',
      severity: 'error',
      comment: 'A design component gets inputs and gives outputs; the feature that uses it asks for the data.',
      from: { path: '^apps/web/src/app/design/', pathNot: TEST },
      to: { path: '^apps/web/src/app/(session|shell)/' },
    },

    // Doors.
    {
      name: 'only-through-the-door',
      severity: 'error',
      comment: 'Import the package by its name; what it should offer belongs in its index.ts (tests: testing.ts).',
      from: { path: '^((?:core|runtimes|apps)/[^/]+|agents|adapters|db)/' },
      to: { path: ROOMS, pathNot: ['^$1/', '/src/(index|client|sandbox-control|testing)\\.ts$'] },
    },
    {
      name: 'other-packages-by-name',
      severity: 'error',
      comment: "Write '@bellwether/<package>', not a path that climbs out of this package.",
      from: { path: '^((?:core|runtimes|apps)/[^/]+|agents|adapters|db)/' },
      to: { path: ROOMS, pathNot: '^$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'no-inner-barrels',
      severity: 'error',
      comment:
        'Import the file that holds the thing; inside a package only src/index.ts gathers, and nothing inside imports it.',
      from: { path: '^((?:core|runtimes|apps)/[^/]+|agents|adapters|db)/', pathNot: TEST },
      to: { path: '^$1/(src/index|src/.+/index)\\.ts$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Find the word that both need and give it a file of its own below them.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      comment: 'Add the package to the package.json of this workspace, or correct the path.',
      from: {},
      to: { couldNotResolve: true },
    },

    // Libraries in core and agents: none but the named.
    {
      name: 'pure-rooms-use-no-node',
      severity: 'error',
      comment: 'Core and agents run without Node: take the answer through a port or an argument.',
      from: { path: '^(core|agents)/', pathNot: TEST },
      to: { dependencyTypes: ['core'] },
    },
    libraries(
      'libraries-of-the-pure-rooms',
      { path: '^(core|agents)/', pathNot: ['^core/kernel/src/schedule/'] },
      ['typebox'],
      'Core and agents use TypeBox only (croner in kernel/schedule); write it, or put it behind a port.',
    ),
    libraries(
      'libraries-of-the-schedule',
      { path: '^core/kernel/src/schedule/' },
      ['typebox', 'croner'],
      'The schedule uses croner and TypeBox only.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.angular)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mts', '.d.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
