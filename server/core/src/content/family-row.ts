// The rows of the tables of content types.

/** A row of the tables. Types are separated by white space. */
export interface FamilyRow {
  /** Names of one format or of formats in one container: any may be declared, and any may be detected. */
  types: string
  /** Other types that may be detected. */
  alsoHolds?: string
  /** See `ContentFamily.unsigned`. */
  unsigned?: 'binary' | 'any'
}
