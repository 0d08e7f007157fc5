// `author`, `repository`, `homepage` and `bugs` are written once, in the root's package.json. `npm run release` calls this first.
//   node .changeset/owner-fields.js           fails while these are placeholders, or differ in a published package
//   node .changeset/owner-fields.js --write   copies them into the published packages
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

/** Folders of the packages that are published. */
const PUBLISHED = ['plugin', 'server/core', 'server/koa', 'server/cli', 'demo/storage']
/** Stands for the GitHub account that the repository has not got yet. */
const PLACEHOLDER = 'OWNER'

const root = await readManifest('.')
if (process.argv[2] === '--write') for (const folder of PUBLISHED) await writeFields(folder)
const problems = [...findPlaceholders(), ...(await findDifferences())]
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

function findPlaceholders() {
  return Object.entries(fieldsFor('.'))
    .filter(([, value]) => value === undefined || JSON.stringify(value).includes(PLACEHOLDER))
    .map(([name]) => `package.json: replace ${PLACEHOLDER} in "${name}" before you release.`)
}

async function findDifferences() {
  const differences = PUBLISHED.map(async (folder) => {
    const manifest = await readManifest(folder)
    return Object.entries(fieldsFor(folder))
      .filter(([name, value]) => !isDeepStrictEqual(manifest[name], value))
      .map(
        ([name]) => `${folder}/package.json: "${name}" differs. Run: node .changeset/owner-fields.js --write`,
      )
  })
  return (await Promise.all(differences)).flat()
}

/** Of a package in this folder. npm's provenance and its package page need the folder, too. */
function fieldsFor(folder) {
  const { author, homepage, bugs, repository } = root
  return {
    author,
    homepage,
    bugs,
    repository: folder === '.' ? repository : { ...repository, directory: folder },
  }
}

async function writeFields(folder) {
  const manifest = { ...(await readManifest(folder)), ...fieldsFor(folder) }
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
}

async function readManifest(folder) {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
}
