// The code of this very page and of its server, as text, with links to the files.
import { callApp } from './call-app.js'
import { findElement } from './create-element.js'

/** @param id of the section's block; its link says where the file is */
export async function showSource(id: string): Promise<void> {
  const link = findElement<HTMLAnchorElement>(`${id} a`)
  const code = findElement(`${id} code`)
  code.textContent = await (await callApp(link.href)).text()
}
