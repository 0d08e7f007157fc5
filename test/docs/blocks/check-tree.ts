// A drawing of folders: each of them is there.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

const repository = join(import.meta.dirname, '../../..')

export function checkTree(text: string): void {
  let parent = ''
  const folders = text.split('\n').flatMap((line) => {
    const [, indent = '', names = ''] = /^( *)((?:[\w-]+\/)+(?: (?:[\w-]+\/)+)*)/.exec(line) ?? []
    if (names && !indent) parent = names
    return names.split(' ').map((name) => (indent ? join(parent, name) : name))
  })
  expect(folders.length).toBeGreaterThan(1)
  expect(folders.filter((folder) => !existsSync(join(repository, folder)))).toEqual([])
}
