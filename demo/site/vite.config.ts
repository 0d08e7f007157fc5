import { readFile } from 'node:fs/promises'
import { defineConfig, type Plugin } from 'vite'

/** The files that the page shows: exactly those that it is made of. */
const shown = { 'uploader.ts': './uploader.ts', 'uploads.ts': '../uploads.ts' }

function emitShownSources(): Plugin {
  return {
    name: 'emit-shown-sources',
    async generateBundle() {
      for (const [name, path] of Object.entries(shown)) {
        const source = await readFile(new URL(path, import.meta.url), 'utf8')
        this.emitFile({ type: 'asset', fileName: `source/${name}`, source })
      }
    },
  }
}

export default defineConfig({
  plugins: [emitShownSources()],
  build: {
    outDir: '../dist/site',
    emptyOutDir: true,
    sourcemap: true,
    target: 'es2023',
    // Inlined assets would need a looser Content-Security-Policy.
    assetsInlineLimit: 0,
  },
})
