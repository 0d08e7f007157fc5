// What the site does on top of its pages, which are complete without it.
import { addCopyButtons } from './copy-code.js'
import { drawDiagrams } from './diagrams.js'
import { addSearch } from './search.js'
import './style/index.css'
import { makeScrollable } from './scrollable.js'
import { addThemeButton } from './theme.js'

addThemeButton()
addSearch()
addCopyButtons()
makeScrollable()
await drawDiagrams()
