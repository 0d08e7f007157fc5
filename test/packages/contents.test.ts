// What is in the packages: all that their users need, and nothing else.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { build } from 'esbuild'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PackageFolder, type Packed, pack, repository } from './pack.js'

const run = promisify(execFile)

const folders: PackageFolder[] = ['server/core', 'server/koa', 'server/cli', 'plugin', 'demo/storage']
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partway-packed-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Links are relative to the package's folder in the repository, which `repository` of its package.json names. */
test('every link of the READMEs leads somewhere', async () => {
  const dead = await Promise.all(
    folders.map(async (packageFolder) => {
      const { name, path } = await pack(packageFolder, folder)
      const readme = await readmeOf(path)
      const links = linksOf(readme).filter((link) => !leadsSomewhere(link, readme, packageFolder))
      return links.map((link) => `${name}: ${link}`)
    }),
  )
  expect(dead.flat()).toEqual([])
})

function leadsSomewhere(link: string, readme: string, packageFolder: PackageFolder): boolean {
  if (link.startsWith('https://')) return true
  const [path = '', anchor] = link.split('#')
  const file = join(repository, packageFolder, path)
  if (!existsSync(file)) return false
  return anchor === undefined || anchorsOf(path ? readFileSync(file, 'utf8') : readme).includes(anchor)
}

async function readmeOf(tarball: string): Promise<string> {
  return (await run('tar', ['-xzOf', tarball, 'package/README.md'])).stdout
}

const withoutCode = (markdown: string) => markdown.replace(/^( *)```.*?^\1```$/gms, '')

function linksOf(readme: string): string[] {
  const prose = withoutCode(readme).replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
}

/** As GitHub and npm name headings. */
function anchorsOf(readme: string): string[] {
  const headings = [...withoutCode(readme).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** Names of the packages that what is built imports. */
async function importedPackages({ source, files }: Packed): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: source,
    entryPoints: files.filter((path) => path.endsWith('.js')),
    outdir: 'out',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports)
  const others = imports.filter(({ external, path }) => external && !path.startsWith('node:'))
  const names = others.flatMap(({ path }) => /^(?:@[^/]+\/)?[^/]+/.exec(path) ?? [])
  return [...new Set(names)].sort()
}

describe.each(folders)('%s', (name) => {
  let packed: Packed
  beforeAll(async () => {
    packed = await pack(name, folder)
  })

  test('what was built of the sources, the sources, and what is to be read', async () => {
    const sources = (await readdir(join(packed.source, 'src'), { recursive: true })).filter((path) =>
      path.endsWith('.ts'),
    )
    const built = sources.flatMap((path) =>
      ['.js', '.js.map', '.d.ts', '.d.ts.map'].map((ending) => `dist/${path.slice(0, -3)}${ending}`),
    )
    const expected = [...built, ...sources.map((path) => `src/${path}`)]
    const toRead = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']
    expect([...packed.files].sort()).toEqual([...expected, ...toRead].sort())
  })

  test('every source map leads to a source that is in the package', async () => {
    const maps = packed.files.filter((path) => path.endsWith('.map'))
    expect(maps).not.toEqual([])
    for (const path of maps) {
      const { sources } = JSON.parse(await readFile(join(packed.source, path), 'utf8')) as {
        sources: string[]
      }
      for (const source of sources) expect(packed.files, path).toContain(join(dirname(path), source))
    }
  })

  test('it depends on what it imports, and on nothing else', async () => {
    const manifest = await readFile(join(packed.source, 'package.json'), 'utf8')
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(manifest)
    const imported = await importedPackages(packed)
    const code = Object.keys(dependencies).filter((name) => !name.startsWith('@types/'))
    expect(imported.filter((name) => !(name in peerDependencies))).toEqual(code.sort())
  })

  test('the changelog tells of this version', async () => {
    const read = (path: string) => readFile(join(packed.source, path), 'utf8')
    const { version } = JSON.parse(await read('package.json')) as { version: string }
    expect(await read('CHANGELOG.md')).toContain(`\n## ${version}\n`)
  })

  test('publint', async () => {
    const { buffer } = new Uint8Array(await readFile(packed.path))
    const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  // The command line has none: nobody imports it.
  test.skipIf(name === 'server/cli')('are the types wrong', async () => {
    const tarball = new Uint8Array(await readFile(packed.path))
    const result = await checkPackage(createPackageFromTarballData(tarball))
    if (!result.types) throw new Error('it has no types')
    // It is ESM only: no CommonJS module can `require` it before Node 22, nor can the Node of ten years ago.
    const others = ['node10', 'node16-cjs']
    expect(
      result.problems.filter(
        (problem) => !('resolutionKind' in problem && others.includes(problem.resolutionKind)),
      ),
    ).toEqual([])
  })
})
