import { fileURLToPath, URL } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { CHUNKS } from './build/chunks';
import { noteDocuments } from './build/documents';
import { checkStyles } from './build/styles';
import { holdToBudget } from './build/weight';

const server = process.env.ROOKERY_SERVER ?? 'http://127.0.0.1:4000';

export default defineConfig({
  plugins: [react(), checkStyles(), holdToBudget(), noteDocuments()],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Data URIs would need an exception in the content security policy.
    assetsInlineLimit: 0,
    // Every browser that runs the app knows `modulepreload`.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4500,
    rolldownOptions: {
      input: {
        app: fileURLToPath(new URL('./index.html', import.meta.url)),
        graphiql: fileURLToPath(new URL('./graphiql.html', import.meta.url)),
      },
      output: { codeSplitting: { groups: [...CHUNKS] } },
    },
  },
  worker: { format: 'es' },
  // Its workers are found by `?worker`, which only Vite itself understands, not what bundles dependencies for `dev`.
  optimizeDeps: { exclude: ['graphiql/setup-workers/vite', '@graphiql/react/setup-workers/vite'] },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: {
      '/graphql': { target: server, ws: true },
      '/.well-known': server,
      '/health': server,
    },
  },
  test: {
    environment: 'jsdom',
    include: ['{build,src}/**/*.test.{ts,tsx}'],
    setupFiles: ['./src/test/setup.ts'],
    css: false,
    testTimeout: 60_000,
  },
});
