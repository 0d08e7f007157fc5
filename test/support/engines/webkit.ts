// WebKit as Debian ships it (WebKitGTK's MiniBrowser), driven with WebDriver on a display of its own.
import { findProgram } from '../find-program.js'
import { freePort } from '../free-port.js'
import { startProcess } from '../start-process.js'
import type { Engine, Profile, Tab } from './engine.js'
import { openSession, type Session } from './web-driver.js'

const programs = ['WebKitWebDriver', 'xvfb-run', 'dbus-run-session']
const lacking = programs.filter((program) => !findProgram(program))

export const webkit: Engine = {
  name: 'WebKit',
  missing: lacking.length > 0 ? `no ${lacking.join(', ')} on the PATH` : undefined,
  async launch() {
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    // Without a bus and a display of their own, WebKit's processes find none.
    const driver = startProcess(
      'dbus-run-session',
      ['--', 'xvfb-run', '--auto-servernum', 'WebKitWebDriver', `--port=${port}`],
      { cwd: import.meta.dirname, env: { ...process.env, LIBGL_ALWAYS_SOFTWARE: '1' } },
    )
    const first = await openSession(origin)
    const { browserVersion } = first.capabilities
    await first.close()
    return {
      version: browserVersion,
      // A session has an ephemeral profile.
      newProfile: async () => toProfile(await openSession(origin)),
      close: () => driver.end(),
    }
  },
}

function toProfile(session: Session): Profile {
  let isFirst = true
  return {
    async openTab(address) {
      const handle = isFirst ? await session.currentWindow() : await session.newWindow()
      isFirst = false
      const tab = toTab(session, handle)
      await tab.goto(address)
      return tab
    },
    close: () => session.close(),
  }
}

function toTab(session: Session, handle: string): Tab {
  const inWindow = <Result>(run: () => Promise<Result>) => session.inWindow(handle, run)
  return {
    evaluate: (run, ...args) => inWindow(() => session.evaluate(`(${run})(...${JSON.stringify(args)})`)),
    pick: (input, path) => inWindow(() => session.type(input, path)),
    click: (selector) => inWindow(() => session.click(selector)),
    goto: (address) => inWindow(() => session.goto(address)),
    reload: () => inWindow(() => session.reload()),
    back: () => inWindow(() => session.back()),
    close: () => inWindow(() => session.closeWindow()),
  }
}
