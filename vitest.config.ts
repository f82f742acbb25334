import { defineConfig } from 'vitest/config';

/** Every property tries the same cases in every run (vitest.properties.ts). */
const setupFiles = ['vitest.properties.ts'];

/** The program's tests. `npm test` runs every project; one alone: `npx vitest run --project unit`. */
const source = { resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } } };

export default defineConfig({
  test: {
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          setupFiles,
          include: ['{libs,devices,apps,simulators,scripts,bench}/**/*.spec.ts'],
          exclude: ['**/*.wire.spec.ts', '**/*.page.spec.ts', '**/node_modules/**', '**/dist/**'],
          // Loading the same modules for each of three hundred files anew took twice as long as the tests themselves.
          isolate: false,
          // A property of the judgement takes up to half a minute here and many times that on a machine that is busy otherwise; what hangs never ends.
          testTimeout: 600_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
      {
        ...source,
        test: {
          name: 'wire',
          setupFiles,
          globalSetup: 'libs/testing/src/server.ts',
          include: ['{libs,apps,simulators,bench}/**/*.wire.spec.ts'],
          // Far beyond what a machine that does other work takes (three backups in a row: ten seconds, and a minute): a limit is for what hangs.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // What must come is waited for; the runner's own second is a claim about the machine.
          expect: { poll: { timeout: 60_000 } },
          // Most of their time is waiting. More at once: what is waited for comes later still. On a server that was given, one after another: how many
          // connections and background workers it has is its own business.
          maxWorkers: process.env['WANGSHAN_TEST_DATABASE'] ? 1 : 2,
        },
      },
      {
        ...source,
        test: {
          name: 'drill',
          globalSetup: 'libs/testing/src/server.ts',
          include: ['simulators/drills/**/*.drill.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          expect: { poll: { timeout: 60_000 } },
          // Drills wait for most of their time. More at once: the times they keep are those of a busy machine.
          maxWorkers: 2,
        },
      },
      {
        ...source,
        test: {
          name: 'page',
          include: ['apps/dashboard/**/*.page.spec.ts'],
          globalSetup: ['libs/testing/src/server.ts', 'apps/dashboard/test/pages.ts'],
          // Far beyond the patience of a single wait (apps/dashboard/test/browser.ts): a page that does not come fails by what was waited
          // for, and a slow machine that shows every page in its own time does not fail at all.
          testTimeout: 600_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 60_000 } },
          fileParallelism: false,
        },
      },
    ],
  },
});
