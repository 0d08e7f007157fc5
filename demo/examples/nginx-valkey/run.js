// Runs everything on one machine: Valkey, two nodes, and nginx in front. Ends with its children, and they with it.
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

const { PORTS = '3000,3001,3002,6380', DATA_FOLDER: folder = '' } = process.env
const [PORT = '', NODE_1 = '', NODE_2 = '', VALKEY = ''] = PORTS.split(',')

const template = await readFile('nginx.conf.template', 'utf8')
/** @type {Record<string, string>} */
const values = { PORT, NODE_1, NODE_2 }
const config = template.replace(/\$\{(\w+)\}/g, (_, name) => values[name] ?? '')
await writeFile(join(folder, 'nginx.conf'), config)

await start('valkey-server', [resolve('valkey.conf'), '--port', VALKEY, '--dir', folder], /Ready to accept/)
const shared = { ...process.env, REDIS_URL: `redis://127.0.0.1:${VALKEY}` }
for (const port of [NODE_1, NODE_2]) {
  await start(process.execPath, ['server.js'], /node on port/, { ...shared, PORT: port })
}
await start('nginx', ['-p', folder, '-c', 'nginx.conf'], /start worker process \d+/)
console.log(`http://localhost:${PORT}`)

/**
 * Resolves once the program prints that it is ready.
 * @param {string} program @param {string[]} args @param {RegExp} ready
 */
async function start(program, args, ready, env = process.env) {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  process.once('exit', () => child.kill())
  child.once('error', fail).once('exit', () => fail(new Error(`${program} has ended`)))
  const lines = [child.stdout, child.stderr].map((stream) => createInterface(stream))
  await new Promise((started) => {
    for (const line of lines) {
      line.on('line', (text) => (ready.test(text) ? started(undefined) : console.log(`${program}: ${text}`)))
    }
  })
}

/** @param {Error} error */
function fail({ message }) {
  console.error(message)
  process.exit(1)
}
