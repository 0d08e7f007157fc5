// A page with Uppy and the plugin, in a world of its own for each test, and what its programs hear of the uploads.
import Uppy, { type UppyFile } from '@uppy/core'
import { afterEach, beforeEach } from 'vitest'
import Partway, {
  type PartwayBody,
  type PartwayError,
  type PartwayOptions,
} from '../../../plugin/src/index.js'
import { useWorld, type World } from '../world.js'

export type Meta = Record<string, unknown>
export type PageUppy = Uppy<Meta, PartwayBody>
type UppyOptions = ConstructorParameters<typeof Uppy<Meta, PartwayBody>>[0]

/** Goes in six parts. */
export const large = 'abcdefghijklmnopqrstuvwxyz'

export class UppyPage {
  /** Whose files `add` adds. There is one in every test. */
  uppy!: PageUppy
  /** Of all Uppys of the page, in a word each. */
  events: string[] = []
  errors: PartwayError[] = []

  constructor(private readonly currentWorld: { current: World }) {}

  get world(): World {
    return this.currentWorld.current
  }

  /** Starts anew, with one Uppy. */
  open(): void {
    this.events = []
    this.errors = []
    this.uppy = this.start()
  }

  /** One more Uppy. */
  start(options: Partial<PartwayOptions> = {}, uppyOptions: UppyOptions = {}): PageUppy {
    const uppy: PageUppy = new Uppy<Meta, PartwayBody>({
      logger: { debug() {}, warn() {}, error() {} },
      ...uppyOptions,
    })
    uppy.use(Partway, { endpoint: '/uploads', ...options })
    uppy.on('upload-start', (files) => this.events.push(`start ${files.map(({ name }) => name).join()}`))
    uppy.on('upload-success', (file) => this.events.push(`success ${file?.name}`))
    uppy.on('upload-error', (file, error) => {
      this.events.push(`error ${file?.name}`)
      this.errors.push(error as PartwayError)
    })
    return uppy
  }

  /** @returns the file's id. */
  add(name: string, content: string, more: { meta?: Meta; type?: string } = {}): string {
    return this.uppy.addFile({ name, type: 'text/plain', data: new Blob([content]), ...more })
  }

  removePlugin(): void {
    const plugin = this.uppy.getPlugin('Partway')
    if (plugin) this.uppy.removePlugin(plugin)
  }

  file(id: string): UppyFile<Meta, PartwayBody> {
    return this.uppy.getFile(id)
  }
}

/** A new page for each test of the file. */
export function usePage(): UppyPage {
  const page = new UppyPage(useWorld())
  beforeEach(() => page.open())
  afterEach(() => page.uppy.destroy())
  return page
}
