// A button on each block of code that copies it.

const SHOWN_MS = 2000

export function addCopyButtons(): void {
  for (const code of document.querySelectorAll<HTMLElement>('pre > code')) {
    const frame = document.createElement('div')
    frame.className = 'code'
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = 'Copy'
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(textOf(code))
      button.textContent = 'Copied'
      setTimeout(() => {
        button.textContent = 'Copy'
      }, SHOWN_MS)
    })
    const block = code.parentElement
    block?.replaceWith(frame)
    if (block) frame.append(block, button)
  }
}

/** Of a terminal's session only what is typed. */
function textOf(code: HTMLElement): string {
  const text = code.textContent ?? ''
  if (code.dataset.kind !== 'console') return text
  return [...text.matchAll(/^\$ (.*(?:\\\n.*)*)/gm)].map(([, line]) => line).join('\n')
}
