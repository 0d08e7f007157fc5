// The bundlers, each as its documentation has it for a page with one script.
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build as esbuild } from 'esbuild'
import { createLogger, build as vite } from 'vite'
import webpack from 'webpack'

/** Builds `index.html` and `page.js` of a folder into another. @returns what the bundler warns of */
export type Bundle = (folder: string, into: string) => Promise<string[]>

export const bundlers: Record<'Vite' | 'webpack' | 'esbuild', Bundle> = {
  async Vite(root, outDir) {
    const warnings: string[] = []
    const customLogger = createLogger('warn')
    customLogger.warn = (message) => warnings.push(message)
    const settings = { configFile: false, logLevel: 'warn', customLogger } as const
    await vite({ ...settings, root, base: './', build: { outDir, emptyOutDir: true } })
    return warnings
  },

  async webpack(folder, into) {
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
      const options: webpack.Configuration = {
        mode: 'production',
        // It takes longer than all the rest.
        optimization: { minimize: false },
        context: folder,
        entry: './page.js',
        output: { path: into, filename: 'page.js' },
        // It warns of anything beyond 244 KiB, which Uppy is by itself.
        performance: false,
      }
      webpack(options, (error, result) => (error ? reject(error) : resolve(result)))
    })
    await copyFile(join(folder, 'index.html'), join(into, 'index.html'))
    const { errors = [], warnings = [] } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {}
    return [...errors, ...warnings].map(({ message }) => message)
  },

  async esbuild(folder, into) {
    const { warnings } = await esbuild({
      absWorkingDir: folder,
      entryPoints: ['page.js'],
      bundle: true,
      splitting: true,
      format: 'esm',
      minify: true,
      outdir: into,
    })
    await copyFile(join(folder, 'index.html'), join(into, 'index.html'))
    return warnings.map(({ text }) => text)
  },
}
