/** Each script is one step: nobody else gets in between. Time is Redis' own. */
const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** Drops what is older than its topic keeps it, some at a time: meanwhile everybody else waits. */
const EXPIRE = `
local function expire(topic, lane)
  local retentionMs = tonumber(redis.call('HGET', topic, 'retentionMs') or '-1')
  for _, entry in ipairs(redis.call('XRANGE', lane, '-', '+', 'COUNT', 100)) do
    if retentionMs < 0 or tonumber(entry[2][2]) >= now - retentionMs then break end
    redis.call('XDEL', lane, entry[1])
  end
end`;

/** KEYS: topic; ARGV: its lanes, how long it keeps records. @returns 1 where it is new; one that exists stays as it is */
export const CREATE = `
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'partitions', ARGV[1], 'retentionMs', ARGV[2])
return 1`;

// #region append
/** KEYS: topic, lane; ARGV: of each record the number of its fields, then these. */
export const APPEND = `${NOW}${EXPIRE}
if redis.call('EXISTS', KEYS[1]) == 0 then return redis.error_reply('NOTOPIC there is no such topic') end
local at = 1
while at <= #ARGV do
  local last = at + ARGV[at]
  redis.call('XADD', KEYS[2], '0-*', 't', now, unpack(ARGV, at + 1, last))
  at = last + 1
end
expire(KEYS[1], KEYS[2])`;
// #endregion

// #region beat
/**
 * A sign of life. Who hasn't given one in time is no member any more. The lanes are dealt out among those who are, and the caller gets those of its
 * share that nobody else alive holds. KEYS: members, group, then topics and lanes in turn; ARGV: member, session, lanes that it gives back.
 * @returns of each lane that it holds now: the lane, the group's position there, the id of the last record
 */
export const BEAT = `${NOW}${EXPIRE}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
local members = redis.call('ZRANGE', KEYS[1], 0, -1)
table.sort(members)
for at = 3, #ARGV do
  local holder = 'holder ' .. ARGV[at]
  if redis.call('HGET', KEYS[2], holder) == ARGV[1] then redis.call('HDEL', KEYS[2], holder) end
end
local own = {}
for at = 3, #KEYS, 2 do
  local topic, lane = KEYS[at], KEYS[at + 1]
  local holder = redis.call('HGET', KEYS[2], 'holder ' .. lane)
  local isFree = not holder or holder == ARGV[1] or not redis.call('ZSCORE', KEYS[1], holder)
  if isFree and members[(at - 3) / 2 % #members + 1] == ARGV[1] then
    redis.call('HSET', KEYS[2], 'holder ' .. lane, ARGV[1])
    expire(topic, lane)
    local last = redis.call('XREVRANGE', lane, '+', '-', 'COUNT', 1)[1]
    own[#own + 1] = {lane, redis.call('HGET', KEYS[2], 'position ' .. lane) or '0', last and last[1] or ''}
  end
end
return own`;
// #endregion

// #region commit
/** KEYS: group; ARGV: member, owner, then lanes and positions in turn. @returns the lanes that the member holds: it moves their positions alone */
export const COMMIT = `
local own = {}
for at = 3, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], 'holder ' .. ARGV[at]) == ARGV[1] then
    redis.call('HSET', KEYS[1], 'position ' .. ARGV[at], ARGV[at + 1], 'owner ' .. ARGV[at], ARGV[2])
    own[#own + 1] = ARGV[at]
  end
end
return own`;
// #endregion

/** KEYS: group, lane. @returns the position, its owner, and of the lane's entries the first, the last, and the first that waits */
export const LAG = `
local known = redis.call('HMGET', KEYS[1], 'position ' .. KEYS[2], 'owner ' .. KEYS[2])
local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local waiting = redis.call('XRANGE', KEYS[2], '(0-' .. (known[1] or '0'), '+', 'COUNT', 1)[1]
return {known[1], known[2], first or false, last or false, waiting or false}`;
