// One unfinished upload that can be resumed.
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
  const { name, size, createdAt, bytesUploaded, startedHere, running } = upload
  const percent = Math.floor((bytesUploaded / size) * 100)
  const begun = createElement('time', { dateTime: createdAt.toISOString() }, describeAge(createdAt))
  const where = startedHere ? '' : ' in another browser'
  const about = createElement('div', { className: 'about' }, createElement('strong', {}, name))
  if (running) {
    // The tab that sends it shows its progress.
    about.append(createFacts(`${describeSize(size)} · begun `, begun, `${where} · uploading in another tab`))
  } else {
    about.append(
      createFacts(`${percent} % of ${describeSize(size)} · begun `, begun, where),
      createElement('progress', { max: 100, value: percent, 'aria-label': `${name}: ${percent} %` }),
    )
  }
  return createElement(
    'li',
    {},
    about,
    createElement(
      'div',
      { className: 'actions' },
      createAction('Continue', name, goOn, 'primary'),
      createAction('Discard', name, discard, 'danger'),
    ),
  )
}

function createFacts(...facts: (Node | string)[]): HTMLSpanElement {
  return createElement('span', { className: 'facts' }, ...facts)
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
