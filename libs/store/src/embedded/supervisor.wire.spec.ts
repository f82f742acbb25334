import { it, expect } from 'vitest';
import { mkdtempSync, chmodSync } from 'node:fs';
import { startEmbeddedPostgres } from './index.js';
it('starts', async () => {
  const dir = mkdtempSync('/tmp/ws-'); chmodSync(dir, 0o755);
  let t = Date.now();
  const a = await startEmbeddedPostgres({ dataDir: dir, port: 0, say: console.log });
  console.log('first', Date.now() - t); t = Date.now();
  const b = await startEmbeddedPostgres({ dataDir: dir, port: 0, say: console.log });
  console.log('adopt', Date.now() - t); t = Date.now();
  await a.stop(); console.log('stop', Date.now() - t); t = Date.now();
  const c = await startEmbeddedPostgres({ dataDir: dir, port: 0, say: console.log });
  console.log('second', Date.now() - t, c); await c.stop();
});
