let built: Promise<void> | undefined;

/** Builds what is older than its sources, for drills that start the built program; once a drill, whatever changes meanwhile. */
export const buildProgram = (what?: { dashboard: boolean }): Promise<void> => (built ??= build(what));

async function build(what?: { dashboard: boolean }): Promise<void> {
  const prepare = (await import(new URL('../../../scripts/lib/prepare.mjs', import.meta.url).href)) as {
    build: (what?: { dashboard: boolean }) => Promise<void>;
  };
  await prepare.build(what);
}
