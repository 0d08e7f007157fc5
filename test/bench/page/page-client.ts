// What the benchmark's page and its clients say to each other, and to the harness.

/** A request of the `raw` clients: some bytes of a file, and where they go. */
export interface KnownTransfer {
  /** Index of the file. */
  file: number
  start: number
  end: number
  url: string
  /** Of a form POST; without them it is a PUT. */
  fields?: Record<string, string>
}

/** What the harness tells the page. Plain data. */
export interface UploadPlan {
  /** Name of a client's file. */
  client: PageClientName
  /** Known beforehand; empty where an app server is asked. */
  transfers: KnownTransfer[]
  /** Parts are sent without their bytes, for files that are too large to be sent. @default false */
  withoutBytes?: boolean
  /** What each file says its size is, for files that no file system takes. Their slices are empty. */
  claimedBytes?: number | undefined
}

export type PageClientName =
  | 'raw'
  | 'raw-in-uppy'
  | 'floor-md5'
  | 'floor-crc64nvme'
  | 'partway'
  | 'partway-at-once'
  | 'aws-s3'
  | 'aws-s3-5'
  | 'aws-s3-small-parts'
  | 'tus'

/** An upload that is ready to start. */
export interface ReadyUpload {
  /** @param finished told of each file by its name, as the client tells the page. @throws Error if one fails. */
  run(finished: (name: string) => void): Promise<void>
}

/** Each client's file exports one. Nothing is sent to S3 before `run`. */
export type PrepareUpload = (files: File[], plan: UploadPlan) => Promise<ReadyUpload>

/** How it went, in milliseconds since the start. */
export interface PageTimes {
  /** Until all files were done. */
  allMs: number
  /** When each file was done, by its name. */
  finishedMs: Record<string, number>
  /** `Date.now()` at the start. */
  startedAt: number
}
