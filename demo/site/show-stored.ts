// The list of what this page has put into S3.

const section = document.querySelector<HTMLElement>('#stored')
const list = section?.querySelector('ul')

/** Adds one object. Its URL shows where it is; a private bucket does not open it to a browser. */
export function showStored(name: string, url: string | undefined): void {
  if (!section || !list) return
  const item = document.createElement('li')
  const title = document.createElement('strong')
  const address = document.createElement('code')
  title.textContent = name
  address.textContent = url ?? ''
  item.append(title, address)
  list.prepend(item)
  section.hidden = false
}
