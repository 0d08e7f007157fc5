// How easily a page is read: only its sentences count.
import { parsePage, readingEase } from '@partway/docs'
import { expect, test } from 'vitest'

const easy = 'The cat sat on the mat.\nIt saw a dog and ran up a tree. '.repeat(10)
const hard =
  'Idempotent reconciliation necessitates comprehensive cryptographic verification of heterogeneous representations. '
const ease = (markdown: string) => readingEase(parsePage('page.md', markdown))

test('short words in short sentences are easy, long ones are not', () => {
  expect(ease(easy)).toMatchObject({
    ease: expect.closeTo(206.835 - 1.015 * 7.5 - 84.6),
    wordsInSentence: 7.5,
  })
  expect(ease(hard.repeat(12))?.ease).toBeLessThan(0)
})

test('headings, tables, code and figures do not count', () => {
  const more = [
    `# ${hard}`,
    `| a |\n|---|\n| ${hard} |`,
    `\`\`\`ts\n${hard}\n\`\`\``,
    `<!-- ${hard} -->`,
    `\`${hard}\``,
  ]
  expect(ease([easy, ...more].join('\n\n'))).toEqual(ease(easy))
  expect(ease(easy.replaceAll('a dog', '`anIdentifier` 0.14 a dog'))).toEqual(ease(easy))
})

test('items of a list and quotes do', () => {
  expect(ease(`- ${easy.replaceAll('\n', ' ')}\n- ${hard}`)?.ease).toBeLessThan(ease(easy)?.ease ?? 0)
  expect(ease(`> ${easy.replaceAll('\n', ' ')}`)).toEqual(ease(easy))
})

test('of a page without sentences there is nothing to say', () => {
  expect(ease('# Errors\n\nAll of them.\n\n| a |\n|---|')).toBeUndefined()
})
