// The table of uploads. Partway calls these functions in the course of an upload; a second call for an upload changes nothing.
import { join } from 'node:path'
import sqlite from 'node-sqlite3-wasm'

const database = new sqlite.Database(join(process.env.DATA_FOLDER ?? '.', 'app.sqlite'))
database.exec(`CREATE TABLE IF NOT EXISTS uploads (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  size INTEGER,
  state TEXT NOT NULL DEFAULT 'uploading',
  created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
)`)

/** @param {import('@partway/koa').CreatedUpload} upload */
export function addUpload({ id, owner, name, key, size }) {
  const values = [id, owner, name, key, size ?? null]
  database.run('INSERT OR IGNORE INTO uploads (id, owner, name, key, size) VALUES (?, ?, ?, ?, ?)', values)
}

/** @param {import('@partway/koa').CompletedObject} object */
export function completeUpload({ id, size }) {
  database.run(`UPDATE uploads SET state = 'stored', size = ? WHERE id = ?`, [size, id])
  // Reaches the page as response.body.id of Uppy's `upload-success`.
  return { id }
}

/** @param {import('@partway/koa').AbortedUpload} upload */
export function removeUpload({ id }) {
  database.run('DELETE FROM uploads WHERE id = ?', id)
}

/** @param {string} owner */
export function uploadsOf(owner) {
  return database.all('SELECT id, name, size, state FROM uploads WHERE owner = ? ORDER BY created_at', owner)
}
