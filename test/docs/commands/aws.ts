// The AWS CLI's commands, read as the AWS CLI reads them: by AWS's own model of the service. There is no AWS here to run them on.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as iam from '@aws-sdk/client-iam'
import * as s3api from '@aws-sdk/client-s3'
import { expect } from 'vitest'

/** A structure, as the SDK describes it: kind, namespace, name, traits, and its members' names. */
type Structure = [number, string, string, unknown, string[], ...unknown[]]

/** @param folder where `file://` is looked for */
export function checkAwsCommand(service: string, operation: string, flags: string, folder: string): void {
  const name = toPascalCase(operation)
  const model = (service === 'iam' ? iam : s3api) as unknown as Record<string, Structure>
  expect(Object.keys(model)).toContain(`${name}Command`)
  const [, , , , members] = model[`${name}Request$`] as Structure
  for (const [, flag = '', value = ''] of flags.matchAll(/--(\S+) (\S+)/g)) {
    expect(members).toContain(toPascalCase(flag))
    const [, file] = /^file:\/\/(.*)$/.exec(value) ?? []
    if (file) expect(existsSync(join(folder, file))).toBe(true)
  }
}

function toPascalCase(kebab: string): string {
  return kebab.replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())
}
