// What the sources say of a type: its fields, each with its type as it is written and its docstring.
import { join } from 'node:path'
import { Node, Project, type SourceFile, type Type, type TypeNode, type Symbol as TypeSymbol } from 'ts-morph'
import { repository } from '../blocks/read-blocks.js'

/** A docstring: sentences in Markdown, and its tags by name. */
export interface Doc {
  text: string
  tags: Record<string, string>
}

export interface Field extends Doc {
  name: string
  type: string
  optional: boolean
}

const project = new Project({ tsConfigFilePath: join(repository, 'plugin/tsconfig.json') })
project.addSourceFilesAtPaths(join(repository, 'server/core/src/**/*.ts'))

/** @param path in the repository */
export const source = (path: string): SourceFile => project.getSourceFileOrThrow(join(repository, path))

/** Of an interface, a class or an object: all fields, inherited ones first. */
export const fieldsOf = (file: SourceFile, name: string) => describeFields(find(file, name).getType())

export const docOf = (file: SourceFile, name: string) => readDoc(find(file, name).getSymbolOrThrow())

const find = (file: SourceFile, name: string): Node =>
  file.getInterface(name) ?? file.getClass(name) ?? file.getVariableDeclarationOrThrow(name)

export function describeFields(type: Type): Field[] {
  const byOwner = new Map<Node | undefined, Field[]>()
  for (const symbol of type.getProperties()) {
    const owner = symbol.getDeclarations()[0]?.getParent()
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), ...describe(symbol)])
  }
  return [...byOwner.values()].reverse().flat()
}

/** More than one field for an object that is described in place. */
function describe(symbol: TypeSymbol): Field[] {
  const [node] = symbol.getDeclarations()
  const typeNode = Node.isTyped(node) ? node.getTypeNode() : undefined
  const name = symbol.getName()
  if (Node.isTypeLiteral(typeNode)) {
    return describeFields(typeNode.getType()).map((field) => ({ ...field, name: `${name}.${field.name}` }))
  }
  const type = typeNode ? shorten(textOf(typeNode)) : ''
  return [{ name, type, optional: symbol.isOptional(), ...readDoc(symbol) }]
}

/** Names of short unions are spelled out in alphabetical order, and those of other types without parameters. */
function textOf(node: TypeNode): string {
  const members = node
    .getType()
    .getUnionTypes()
    .filter((member) => !member.isUndefined())
  if (members.length > 1 && members.every((member) => member.isStringLiteral())) {
    const isShort = members.length < 6
    if (!isShort) return node.getText()
    // The compiler's order changes with other sources.
    const names = members.map((member) => `'${member.getLiteralValue()}'`)
    return names.sort().join(' | ')
  }
  const [alias] = node.getType().getAliasSymbol()?.getDeclarations() ?? []
  const isPlain = Node.isTypeReference(node) && node.getTypeArguments().length === 0
  return isPlain && Node.isTypeAliasDeclaration(alias) ? alias.getTypeNodeOrThrow().getText() : node.getText()
}

/** In one line, without `readonly`, and without saying that an option may be `undefined`. */
export function shorten(type: string): string {
  return type
    .replace(/(?<![{(,|&;=]|=>)\n\s*(?![)}|&])/g, '; ')
    .replace(/\s+/g, ' ')
    .replace(/^\| /, '')
    .replace(/\( |,? \)/g, (bracket) => bracket.replace(/[ ,]+/g, ''))
    .replace(/^\((.*)\) \| undefined$/, '$1')
    .replace(/\bReadonly<(.*?>)>/g, '$1')
    .replace(/\breadonly /g, '')
    .replace(/ \| undefined(?=$|;| \})/g, '')
    .replace(/^LocaleStrings<.*>$/, '{ strings }')
}

/** Lines of a paragraph become one. */
export function readDoc(symbol: TypeSymbol): Doc {
  const toMarkdown = (parts: readonly { text: string }[]) =>
    parts
      .map((part) => part.text)
      .join('')
      .replace(/\{@link (\w+) ?\}/g, '`$1`')
      .replace(/(?<!\n)\n(?!\n)/g, ' ')
  const text = symbol.compilerSymbol.getDocumentationComment(project.getTypeChecker().compilerObject)
  const tags = symbol.getJsDocTags().map((tag) => [tag.getName(), toMarkdown(tag.getText())] as const)
  return { text: toMarkdown(text), tags: Object.fromEntries(tags) }
}
