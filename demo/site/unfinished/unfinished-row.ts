// One upload that can go on.
import type Partway from '@partway/uppy'
import type { PartwayBody } from '@partway/uppy'
import type { Meta } from '@uppy/core'
import { createElement } from '../page/create-element.js'
import { describeAge, describeSize } from '../page/describe-amount.js'

export type UnfinishedUpload = Awaited<ReturnType<Partway<Meta, PartwayBody>['unfinished']>>[number]

export interface UnfinishedActions {
  goOn(): Promise<void>
  discard(): Promise<void>
}

export function createUnfinishedRow(
  upload: UnfinishedUpload,
  { goOn, discard }: UnfinishedActions,
): HTMLLIElement {
  const { name, size, createdAt, bytesUploaded, startedHere } = upload
  const percent = Math.floor((bytesUploaded / size) * 100)
  const amount = `${percent} %`
  return createElement(
    'li',
    {},
    createElement(
      'div',
      { className: 'about' },
      createElement('strong', {}, name),
      createElement(
        'span',
        { className: 'facts' },
        `${amount} of ${describeSize(size)} · begun `,
        createElement('time', { dateTime: createdAt.toISOString() }, describeAge(createdAt)),
        startedHere ? '' : ' in another browser',
      ),
      createElement('progress', { max: 100, value: percent, 'aria-label': `${name}: ${amount}` }),
    ),
    createElement(
      'div',
      { className: 'actions' },
      createAction('Continue', name, goOn, 'primary'),
      createAction('Discard', name, discard, 'danger'),
    ),
  )
}

function createAction(text: string, name: string, act: () => Promise<void>, className: string) {
  const properties = { type: 'button', className, 'aria-label': `${text} ${name}` } as const
  const button = createElement('button', properties, text)
  button.addEventListener('click', async () => {
    if (button.ariaDisabled === 'true') return
    button.ariaDisabled = 'true'
    await act()
    button.ariaDisabled = 'false'
  })
  return button
}
