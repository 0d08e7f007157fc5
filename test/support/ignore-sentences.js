// For mutation tests: the wording of a message is no behaviour, so sentences are not mutated.

export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'sentences',
    value: {
      shouldIgnore(path) {
        const isSentence = path.isStringLiteral() && / .*\.$/.test(path.node.value)
        return isSentence ? 'A sentence for people.' : undefined
      },
    },
  },
]
