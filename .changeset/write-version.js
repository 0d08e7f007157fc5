// `npm run versions` calls this after `changeset version`: the plugin's source names its version.
import { readFile, writeFile } from 'node:fs/promises'

const { version } = JSON.parse(await readFile('plugin/package.json', 'utf8'))
const file = 'plugin/src/version.ts'
const source = await readFile(file, 'utf8')
await writeFile(file, source.replace(/'[^']+'$/m, `'${version}'`))
