// The TypeScript compiler on all snippets: `ts` as strictly as the project's own sources, `js` as an editor checks it.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repository } from '../blocks/read-blocks.js'
import { type Snippet, snippetFolder } from './snippet.js'

const run = promisify(execFile)
const compiler = join(repository, 'node_modules/.bin/tsc')

/** What TypeScript has to say of each snippet, by its file name. */
export type Complaints = Map<string, string[]>

/** @throws if it is the compiler itself that fails. */
export async function checkTypes(snippets: Snippet[]): Promise<Complaints> {
  const isTyped = ({ fileName }: Snippet) => /\.tsx?$/.test(fileName)
  const typed = await compile('typed', snippets.filter(isTyped), { strict: true })
  const untyped = snippets.filter((snippet) => !isTyped(snippet))
  // What JavaScript cannot say, such as that something is not null, is not asked for.
  const loose = await compile('untyped', untyped, { allowJs: true, checkJs: true, strict: false })
  return new Map([...typed, ...loose])
}

async function compile(name: string, snippets: Snippet[], options: object): Promise<Complaints> {
  const complaints: Complaints = new Map(snippets.map(({ fileName }) => [fileName, []]))
  const project = join(snippetFolder, `${name}.json`)
  const lib = ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable', 'esnext.disposable']
  const modules = { target: 'es2023', module: 'esnext', moduleResolution: 'bundler', lib }
  const types = { types: ['node', 'vite/client'], jsx: 'react-jsx', skipLibCheck: true, noEmit: true }
  const files = snippets.map(({ fileName }) => fileName)
  await writeFile(project, JSON.stringify({ compilerOptions: { ...modules, ...types, ...options }, files }))
  const compiled = run(compiler, ['--project', project, '--pretty', 'false'], { cwd: snippetFolder })
  const { stdout: printed } = await compiled.catch((failure: { stdout?: string }) => {
    if (!failure.stdout) throw failure
    return { stdout: failure.stdout }
  })
  for (const line of printed.split('\n').filter((text) => /^\S/.test(text))) {
    const [, fileName = '', row, complaint] = /^(\S+?)\((\d+),.*?: (.*)$/.exec(line) ?? []
    // The project's own sources, which are checked with settings of their own.
    if (fileName.startsWith('../')) continue
    const own = complaints.get(fileName)
    if (!own) throw new Error(`TypeScript says of something else: ${line}`)
    own.push(`line ${Number(row) - 1}: ${complaint}`)
  }
  return complaints
}
