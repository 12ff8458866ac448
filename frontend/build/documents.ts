import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath, URL } from 'node:url';
import { createServer, type Plugin } from 'vite';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Where the server's build finds them: beside the files that are served, not among them. */
const FOLDER = path('../documents/');

/** Notes the documents that the app sends, for the server to know them by their hashes. */
export function noteDocuments(): Plugin {
  return {
    name: 'note-documents',
    apply: 'build',
    async closeBundle(error) {
      if (error) return;
      const server = await createServer({
        root: path('..'),
        configFile: false,
        appType: 'custom',
        logLevel: 'error',
        server: { middlewareMode: true, hmr: false, ws: false, watch: null },
        optimizeDeps: { noDiscovery: true, include: [] },
        resolve: { alias: { '~': path('../src') } },
        plugins: [record()],
      });
      try {
        const { documents } = (await server.ssrLoadModule('/build/collect.ts')) as { documents: readonly string[] };
        if (documents.length === 0) throw new Error('No document of the app was found.');
        await mkdir(FOLDER, { recursive: true });
        await writeFile(`${FOLDER}app.json`, `${JSON.stringify(documents, null, 1)}\n`);
      } finally {
        await server.close();
      }
    },
  };
}

/** Lets `graphql()` keep what it made where `collect.ts` finds it. */
function record(): Plugin {
  const DECLARATION = 'export const graphql =';
  return {
    name: 'record-documents',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/src/gql/index.ts')) return;
      if (!code.includes(DECLARATION)) throw new Error(`${id} does not declare graphql as expected.`);
      const recording = `
        globalThis.madeDocuments = [];
        export const graphql = Object.assign((...given) => {
          const document = make(...given);
          globalThis.madeDocuments.push(document);
          return document;
        }, make);`;
      return code.replace(DECLARATION, 'const make =') + recording;
    },
  };
}
