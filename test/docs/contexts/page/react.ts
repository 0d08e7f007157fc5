// A page of React, and what docs/react.md shows before.
import { createRoot } from 'react-dom/client'

export { createUppy, Uploader, UploaderOf } from '../../../../demo/examples/react/uploader.js'

export const root = createRoot(document.querySelector('#drop') as HTMLElement)
