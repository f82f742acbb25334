import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defaultClientConditions, defineConfig } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const station = `http://127.0.0.1:${process.env['WANGSHAN_HTTP_PORT'] ?? '3000'}`;

/** The browser client. Everything it needs is in the build: no request leaves the station (docs: isolated network). */
export default defineConfig({
  root: at('.'),
  base: '/',
  plugins: [vue()],
  // `source`: the shared contracts are compiled with the page, so page and station speak one version of the language.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  define: {
    __VUE_OPTIONS_API__: 'true', // naive-ui has components written with it
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    outDir: at('../../dist/dashboard'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false }, // the polyfill is an inline script; the page's CSP forbids those
    assetsInlineLimit: 0, // `data:` would need a hole in the CSP
    chunkSizeWarningLimit: 900,
    // zod and its setting stay together, so that the setting is in force before any schema is made in another chunk.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'zod', test: /node_modules\/zod\/|zod-without-eval/ }] } } },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': { target: station },
      '/socket.io': { target: station, ws: true },
    },
  },
});
