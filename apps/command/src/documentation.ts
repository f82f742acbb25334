import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import express, { type Router } from 'express';
import { openApiDocument } from '#libs/command';
import { packageRoot } from '#libs/platform';

/** The three files of swagger-ui that are served; the rest of the package stays where it is. */
const assets = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const page = `<!doctype html>
<html lang="zh">
  <head>
    <meta charset="utf-8" />
    <title>望山 API</title>
    <link rel="icon" href="/api/docs/favicon-32x32.png" />
    <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/start.js"></script>
  </body>
</html>
`;
/** `validatorUrl: null`: nothing is sent to swagger.io. A file of its own, because the page's policy allows no inline script. */
const start = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null, presets: [SwaggerUIBundle.presets.apis] });`;

/** `/api/openapi.json` and `/api/docs`, all from this machine: it may stand in an isolated network. */
export function documentationRouter(): Router {
  const { version } = JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  const document = JSON.stringify(openApiDocument(version));
  const folder = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const router = express.Router();
  router.get('/api/openapi.json', (_, response) => void response.type('application/json').send(document));
  router.get('/api/docs', (_, response) => void response.type('html').send(page));
  router.get('/api/docs/start.js', (_, response) => void response.type('text/javascript').send(start));
  for (const asset of assets) router.get(`/api/docs/${asset}`, (_, response) => response.sendFile(asset, { root: folder, maxAge: '1d' }));
  return router;
}
