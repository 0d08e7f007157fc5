// The Markdown of the reference pages: their frame, tables of fields, and links from a type to its section.
import type { SourceFile } from 'ts-morph'
import { type Doc, docOf, type Field, fieldsOf } from './read-types.js'

const ORIGIN = '<!-- Generated from types and docstrings. Edit those, then run the script "docs". -->'

/** @param parts sections, tables and paragraphs */
export function renderPage(title: string, parts: string[]): string {
  const page = `${[`# ${title}`, ORIGIN, ...parts].join('\n\n')}\n`
  const types = [...page.matchAll(/^### `([A-Z]\w+)`$/gm)].map(([, type = '']) => type)
  // Code that names one type links to its section.
  return page.replace(/^#.*$|(?<![`[])`[^`\n]+`/gm, (text) => {
    const [type, ...others] = types.filter((each) => new RegExp(`(?<![\\w'])${each}(?![\\w'])`).test(text))
    return /^(#|`new )/.test(text) || !type || others.length > 0 ? text : `[${text}](#${type.toLowerCase()})`
  })
}

export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}

export const code = (text: string) => `\`${text}\``

/** A default is code where it is a value, and words where it says what happens. */
export function defaultOf({ tags, optional }: Field): string {
  const { default: said = optional ? '' : 'required' } = tags
  return said.replace(/^('[^']*'|\[\]|\{\}|[\d_]+|true|false|Infinity)(?=$| \()/, code)
}

/** In one paragraph. @throws if there is no docstring */
export function sentences({ text }: Doc, name = 'a type'): string {
  if (text === '') throw new Error(`There is no docstring of ${name}`)
  return text.replaceAll('\n\n', ' ')
}

/** Where to read more. TypeScript takes the first word behind the tag for a name. */
export function readMore({ tags: { see = '' } }: Doc): string {
  const [, path = '', anchor = ''] = /^docs\/([\w-]+)\.md(#.*)?$/.exec(see.replace(' ', '')) ?? []
  return path && `See [${path.replaceAll('-', ' ')}](../${path}.md${anchor}).`
}

export function fieldTable(fields: Field[]): string {
  const nameOf = ({ name, optional }: Field) => code(`${name}${optional ? '?' : ''}`)
  const rows = fields.map((field) => [nameOf(field), code(field.type), sentences(field, field.name)])
  return table(['field', 'type', 'meaning'], rows)
}

export function optionTable(fields: Field[]): string {
  const rows = fields.map((field) => [
    code(field.name),
    code(field.type),
    sentences(field, field.name),
    defaultOf(field),
  ])
  return table(['option', 'type', 'meaning', 'default'], rows)
}

/** A type: its heading, its docstring, its fields. */
export function section(file: SourceFile, type: string): string[] {
  return [`### \`${type}\``, sentences(docOf(file, type), type), fieldTable(fieldsOf(file, type))]
}
