// What one upload of one client came to.

/** Numbers by the name of what they measure. Those that could not be measured are missing. */
export type Measures = Partial<Record<Measure, number>>

export type Measure =
  /** Until the client says that all is done. */
  | 'allMs'
  /** The same of `raw`, in the same round. */
  | 'rawMs'
  /** Of the time of `raw`. */
  | 'timesRaw'
  /** Until all small files of a mix are done. */
  | 'smallMs'
  /** Until they are done when they are uploaded alone. */
  | 'smallAloneMs'
  /** Requests to S3, without preflights. */
  | 's3Requests'
  | 's3Preflights'
  /** Requests to the app server's routes, without those for the page's scripts. */
  | 'appRequests'
  /** Bytes of bodies that came through to S3. */
  | 's3Bytes'
  /** Of the app server's process. */
  | 'appCpuMs'
  /** Resident memory of the app server's process at the end. */
  | 'appRssBytes'
  /** JavaScript's heap in the page at the end, after a collection, with what it holds outside. */
  | 'pageHeapBytes'
  /** Of the page's process. */
  | 'pageCpuMs'
  /** After a reload: from the start until the first byte of a file reached S3. */
  | 'firstByteMs'
  /** What a reload loses, as the time that it took to send: in the median of all moments. */
  | 'lostMs'
  /** The same at its worst. */
  | 'mostLostMs'
  | 'mostLostBytes'
  /** Bytes that came through beyond those of the files. */
  | 'bytesTwice'
  | 'signaturesPerCpuSecond'
  | 'calls'
  | 'rssGrowthBytes'
  | 'firstLoadBytes'
  /** Until the embedded store serves. */
  | 'startMs'
  /** The most memory that the embedded store's process has had. */
  | 'storeRssBytes'

export interface Measurement {
  client: string
  /** From 1. Clients of one round ran one after another. */
  round: number
  measures: Measures
}
