import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import express, { type Request, type Response, type Router } from 'express';

/** Texts worth compressing; images and fonts are compressed already. */
const compressible = /\.(html|js|css|json|svg|geojson|webmanifest|txt)$/;
const compress = promisify(gzip);

const notBuilt = `<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>望山 Wangshan</title></head>
<body style="font-family:sans-serif;margin:4rem">
<h1>望山 Wangshan</h1>
<p>大屏页面尚未构建。请先执行 <code>npm start</code> 或 <code>npm run station</code>，它们会自动构建。</p>
<p>The dashboard is not built. <code>npm start</code> and <code>npm run station</code> build it. The API is at <a href="/api/docs">/api/docs</a>.</p>
</body></html>
`;

/**
 * The built dashboard. Any address that is no file is a page of the single-page application. Texts go out compressed, each
 * compressed once; files under `assets/` carry their hash in the name and may be kept for ever, the others are asked for again.
 */
export function dashboardRouter(folder: string): Router {
  const router = express.Router();
  const packed = new Map<string, { etag: string; body: Buffer }>();

  const sendText = async (request: Request, response: Response, file: string, etag: string): Promise<void> => {
    response.setHeader('Vary', 'Accept-Encoding');
    response.setHeader('ETag', etag);
    response.type(path.extname(file));
    if (request.fresh) return void response.status(304).end();
    if (request.acceptsEncodings('gzip') !== 'gzip') return void response.send(await readFile(file));
    let zipped = packed.get(file);
    if (zipped?.etag !== etag) packed.set(file, (zipped = { etag, body: await compress(await readFile(file)) }));
    response.setHeader('Content-Encoding', 'gzip');
    response.send(zipped.body);
  };

  router.use(async (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    const wanted = insideFolder(folder, request.path);
    const file = wanted !== undefined && (await fileTag(wanted)) !== undefined ? wanted : path.join(folder, 'index.html');
    // A missing script must not be answered with a page: the browser would report a syntax error instead of 404.
    if (file !== wanted && /^\/assets\/|\.(js|css|map|png|woff2?)$/.test(request.path)) return next();
    const etag = await fileTag(file);
    if (etag === undefined) return void response.status(200).type('html').send(notBuilt);
    response.setHeader('Cache-Control', request.path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (compressible.test(file)) await sendText(request, response, file, etag);
    else response.sendFile(path.relative(folder, file), { root: folder, cacheControl: false });
  });
  return router;
}

/** The file a request path names, or undefined when it leads out of the folder. */
function insideFolder(folder: string, requestPath: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(requestPath);
  } catch {
    return undefined;
  }
  const file = path.normalize(path.join(folder, decoded));
  return !decoded.includes('\0') && file.startsWith(folder + path.sep) ? file : undefined;
}

async function fileTag(file: string): Promise<string | undefined> {
  try {
    const found = await stat(file);
    return found.isFile() ? `"${found.size.toString(36)}-${Math.trunc(found.mtimeMs).toString(36)}"` : undefined;
  } catch {
    return undefined;
  }
}
