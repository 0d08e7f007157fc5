// Race: sends a file through Partway and `@uppy/aws-s3` at the same time, with the same latency.
import type { Faults } from '../../break-it/faults.js'
import { callApp } from '../page/call-app.js'
import { findElement } from '../page/create-element.js'
import type { Live } from '../page/live.js'
import { makeFile } from '../unfinished/test-file.js'
import { race } from './racer.js'

const RACE_FILE_MIB = 48

export function offerRace(live: Live): void {
  const form = findElement<HTMLFormElement>('#race form')
  const latency = findElement<HTMLSelectElement>('#race-latency')
  const file = findElement<HTMLInputElement>('#race-file')
  const start = findElement<HTMLButtonElement>('#race button')
  const result = findElement('#race-result')
  let faults: Faults | undefined
  live.on('faults', (current) => {
    faults = current
  })
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    start.disabled = true
    result.textContent = ''
    const before = faults?.latencyMs
    const latencyMs = Number(latency.value)
    try {
      if (faults) await callApp('/break-it', { ...faults, latencyMs })
      const data = file.files?.[0] ?? makeFile(`race-${RACE_FILE_MIB}-MiB.bin`, RACE_FILE_MIB)
      result.textContent = await run(data)
    } catch (error) {
      result.textContent = (error as Error).message
    } finally {
      // Best effort, and only if nobody has changed it: the server may be down.
      if (faults?.latencyMs === latencyMs)
        await callApp('/break-it', { ...faults, latencyMs: before }).catch(() => {})
      start.disabled = false
    }
  })
}

async function run(data: File): Promise<string> {
  const [partway, awsS3] = await Promise.all([race('partway', data), race('aws-s3', data)])
  if (partway === undefined || awsS3 === undefined) return 'One of the two failed, so nobody won.'
  const [first, second, factor] =
    partway <= awsS3
      ? ['Partway', '@uppy/aws-s3', awsS3 / partway]
      : ['@uppy/aws-s3', 'Partway', partway / awsS3]
  return `${first} arrived first; ${second} took ${factor.toFixed(1)} times as long. Both copies are in the Library: compare their SHA-256.`
}
