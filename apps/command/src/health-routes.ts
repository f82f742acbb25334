import express, { type Router } from 'express';
import { SECOND, type Clock } from '#libs/contracts';
import type { AuditStore } from '#libs/command';
import type { Health, Metrics } from '#libs/platform';

/** How the audit table is protected changes with a migration, not with a request; orchestrators ask every second. */
const protectionKept = 60 * SECOND;

/** `/healthz`, `/readyz`, `/metrics`: no prefix, no session (contract.md). */
export function healthRouter(health: Health, metrics: Metrics, audit: AuditStore, clock: Clock): Router {
  const router = express.Router();
  let protection = { ok: false, detail: 'not asked yet' };
  let askedAt = -Infinity;

  const auditProtection = async () => {
    if (clock.now() - askedAt < protectionKept) return protection;
    try {
      protection = await audit.protection();
      askedAt = clock.now();
    } catch {
      // The store's own health says why it does not answer; here only that nothing is known.
      protection = { ok: false, detail: 'the database did not answer' };
    }
    return protection;
  };

  router.use((_, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  router.get('/healthz', (_, response) => void response.json({ status: 'ok' }));
  router.get('/readyz', async (_, response) => {
    const ready = health.ready();
    response
      .status(ready ? 200 : 503)
      .json({ status: ready ? 'ready' : 'not-ready', stages: health.report(), audit: await auditProtection() });
  });
  router.get('/metrics', async (_, response) => {
    response.type(metrics.registry.contentType).send(await metrics.text());
  });
  return router;
}
