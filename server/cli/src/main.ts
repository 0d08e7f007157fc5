#!/usr/bin/env node
// The bin `partway`: the process around the command line.
import { run } from './program.js'

// The warning is about future SDK versions: the user of a command cannot act on it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

const interruption = new AbortController()
// Once: a second Ctrl-C ends the process at once.
process.once('SIGINT', () => interruption.abort())

const { stdin, stdout, stderr } = process
process.exitCode = await run(process.argv.slice(2), { stdin, stdout, stderr, signal: interruption.signal })
