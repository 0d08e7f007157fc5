// The scripts that RedisQuotaStore runs in Redis: one per operation, so that each is one atomic step.
// Keys of an account: KEYS[1] window, a sorted set of the ids in the window by the millisecond in which they leave it;
// KEYS[2] bytes, a hash of their bytes by id, and `total`; KEYS[3] unfinished, a sorted set of ids like the window.
import { MAX_FILES_SEARCHED } from './quota-store.js'

const FORGET = `
-- Amounts go to Redis as text, without the exponent that Lua gives to large ones.
local function integer(number) return string.format('%.0f', number) end

-- Without its bytes an id is unknown, or gone with an evicted hash: then the total has it no more either.
local function forget(id)
  local bytes = redis.call('HGET', KEYS[2], id)
  redis.call('ZREM', KEYS[1], id)
  if bytes then
    redis.call('HDEL', KEYS[2], id)
    redis.call('HINCRBY', KEYS[2], 'total', integer(0 - bytes))
  end
end
`

/** Forgets each entry once, so that a call costs as much as has expired, not as much as is stored. */
const FORGET_EXPIRED = `${FORGET}
-- The clock of Redis: those of the servers differ.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, expired in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', integer(now))) do forget(expired) end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', integer(now))
`

/**
 * ARGV: id, bytes, milliseconds in the window, milliseconds unfinished; then the most files, bytes and unfinished
 * uploads, each empty for no bound.
 *
 * @returns `ok`, or the limit, followed by the seconds to wait where these are known
 */
export const RESERVE = `${FORGET_EXPIRED}
local id, bytes = ARGV[1], tonumber(ARGV[2])
local windowMs, unfinishedMs = tonumber(ARGV[3]), tonumber(ARGV[4])
local maxFiles, maxBytes, maxUnfinished = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])

local files = redis.call('ZCARD', KEYS[1])
if files == 0 then redis.call('DEL', KEYS[2]) end

if redis.call('ZSCORE', KEYS[1], id) or redis.call('ZSCORE', KEYS[3], id) then return 'ok' end

-- When one more file may be counted; 0: at once.
local function whenFilesFit()
  if not maxFiles or files < maxFiles then return 0 end
  local last = files - maxFiles
  return tonumber(redis.call('ZRANGE', KEYS[1], last, last, 'WITHSCORES')[2])
end

-- When the bytes fit, or later; 0: at once. Redis serves nobody else meanwhile, so it does not search all.
local function whenBytesFit()
  local excess = maxBytes and (redis.call('HGET', KEYS[2], 'total') or 0) + bytes - maxBytes
  if not excess or excess <= 0 then return 0 end
  local oldest = redis.call('ZRANGE', KEYS[1], 0, ${MAX_FILES_SEARCHED - 1}, 'WITHSCORES')
  for i = 1, #oldest, 2 do
    excess = excess - (redis.call('HGET', KEYS[2], oldest[i]) or 0)
    if excess <= 0 then return tonumber(oldest[i + 1]) end
  end
  return tonumber(oldest[#oldest])
end

if maxBytes and bytes > maxBytes then return 'bytes' end
if maxFiles and maxFiles < 1 then return 'files' end
if maxUnfinished and redis.call('ZCARD', KEYS[3]) >= maxUnfinished then return 'unfinished' end
local filesFitAt, bytesFitAt = whenFilesFit(), whenBytesFit()
local fitsAt = math.max(filesFitAt, bytesFitAt)
if fitsAt > now then
  local limit = bytesFitAt > filesFitAt and 'bytes' or 'files'
  return limit .. ' ' .. integer(math.ceil((fitsAt - now) / 1000))
end

redis.call('ZADD', KEYS[1], integer(now + windowMs), id)
redis.call('HSET', KEYS[2], id, ARGV[2])
redis.call('HINCRBY', KEYS[2], 'total', ARGV[2])
redis.call('ZADD', KEYS[3], integer(now + unfinishedMs), id)

-- Never sooner than before: an earlier entry may stay longer. A second more than needed, because this clock may
-- be a little ahead of the one that keys expire by.
local function keep(key, ms)
  if redis.call('PTTL', key) < ms + 1000 then redis.call('PEXPIRE', key, integer(ms + 1000)) end
end
keep(KEYS[1], windowMs)
keep(KEYS[2], windowMs)
keep(KEYS[3], unfinishedMs)
return 'ok'
`

/** ARGV: id, bytes. */
export const FINISH = `
redis.call('ZREM', KEYS[3], ARGV[1])
local before = redis.call('HGET', KEYS[2], ARGV[1])
if before then
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
  redis.call('HINCRBY', KEYS[2], 'total', string.format('%.0f', ARGV[2] - before))
end
return 'ok'
`

/** ARGV: id. */
export const RELEASE = `${FORGET}
redis.call('ZREM', KEYS[3], ARGV[1])
forget(ARGV[1])
return 'ok'
`

/** @returns files, bytes and unfinished uploads */
export const USAGE = `${FORGET_EXPIRED}
local files = redis.call('ZCARD', KEYS[1])
local bytes = files > 0 and redis.call('HGET', KEYS[2], 'total') or 0
return files .. ' ' .. bytes .. ' ' .. redis.call('ZCARD', KEYS[3])
`
