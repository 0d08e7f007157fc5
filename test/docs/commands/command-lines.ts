// The command lines of `sh` and `console` blocks, without comments and with what continues a line joined to it.
/** What a reader types. */
export interface CommandLine {
  text: string
  /** What a `console` block shows below it. */
  output: string
}

/** Of an `sh` block. */
export function linesOfScript(text: string): CommandLine[] {
  const joined = text.replace(/\\\n\s*/g, '').split('\n')
  const lines = joined.map((line) => line.replace(/(^|\s+)#.*$/, '').trim())
  return lines
    .flatMap((line) => line.split(' && '))
    .flatMap((line) => (line ? { text: line, output: '' } : []))
}

/** Of a `console` block: what is typed comes after `$ `. */
export function linesOfSession(text: string): CommandLine[] {
  const [before, ...commands] = `\n${text}`.split('\n$ ')
  if (before !== '') throw new Error(`A session begins with "$ ", and not with "${before?.trim()}"`)
  return commands.map((command) => {
    const [line = '', ...output] = command.split('\n')
    return { text: line, output: output.join('\n') }
  })
}
