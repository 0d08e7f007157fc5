// What the tables of content types consist of.

/** A row of the tables. Types are separated by white space. */
export interface FamilyRow {
  /** Names of one format or of formats in one container: any may be declared and any be found. */
  types: string
  /** What may be found as well. */
  alsoHolds?: string
  /** See `ContentFamily.unsigned`. */
  unsigned?: 'binary' | 'any'
}
