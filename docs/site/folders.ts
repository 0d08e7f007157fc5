// Where the docs are, and where their site goes.
import { join } from 'node:path'

/** From `dist/`, where this file runs. */
export const docsFolder = join(import.meta.dirname, '../..')
export const repositoryFolder = join(docsFolder, '..')
/** Ignored by git. */
export const siteFolder = join(docsFolder, 'dist')
