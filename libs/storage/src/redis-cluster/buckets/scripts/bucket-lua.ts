/**
 * What all scripts begin with: how a bucket lies in its hash, as docs/formats.md has it. `KEYS[1]` is the hash, `ARGV[1]` the time in
 * milliseconds, or empty for the server's own.
 *
 * The marker, the field without a name, is `SEQUENCE TOKEN LIFETIME EXPIRES EARLIEST LATEST EXPIRING CURSOR`; `~` stands for
 * never. The field of a key is `SEQUENCE TOKEN EXPIRES VALUE`.
 */
export const BUCKET_LUA = `
local hash = KEYS[1]
local NEVER = '~'
local clock = tonumber(ARGV[1])
local isTest = clock ~= nil
local function now()
  if not clock then
    local t = redis.call('TIME')
    clock = t[1] * 1000 + math.floor(t[2] / 1000)
  end
  return clock
end
-- Lua's own text of a number has fourteen digits.
local function text(number) return number and string.format('%.0f', number) or NEVER end
local function isOver(expires) return expires and expires <= now() end

local marker
local function keysAndGhosts() return redis.call('HLEN', hash) - 1 end
-- When a transient bucket whose keys all expire goes with the last of them.
local function diesAt()
  local dies = marker.expires
  if marker.lifetime == 't' and marker.expiring > 0 and keysAndGhosts() == marker.expiring then
    if not dies or marker.latest < dies then dies = marker.latest end
  end
  return dies
end
local function load()
  local read = redis.call('HGET', hash, '')
  if not read then return false end
  local seq, token, lifetime, expires, earliest, latest, expiring, cursor =
    string.match(read, '^(%d+) (%S+) (%a) (%S+) (%S+) (%S+) (%d+) (%d+)$')
  marker = {
    seq = tonumber(seq), token = token, lifetime = lifetime, expires = tonumber(expires),
    earliest = tonumber(earliest), latest = tonumber(latest), expiring = tonumber(expiring), cursor = cursor,
  }
  return not isOver(diesAt())
end
-- The parts of a key's field; the value begins behind the last one's end.
local function split(read)
  local _, last, seq, token, expires = string.find(read, '^(%d+) (%S+) (%S+) ')
  return seq, token, tonumber(expires), last
end
`;

/** What scripts that write go on with. `ARGV[2]` is the token of this call. */
export const WRITING_LUA = `
local own = ARGV[2]
-- Whether the bucket is there. One that has died is removed.
local function open()
  if load() then return true end
  if marker then redis.call('DEL', hash) end
  marker = nil
  return false
end
-- A new bucket begins at the server's time in microseconds: above all that one of its name ever had.
local function make(lifetime)
  local t = redis.call('TIME')
  marker = { seq = t[1] * 1000000 + t[2] - 1, token = own, lifetime = lifetime, expiring = 0, cursor = '0' }
  -- It counts from now on.
  redis.call('HSET', hash, '', '')
end
local function touch()
  marker.seq = marker.seq + 1
  marker.token = own
end
-- While a key lives for ever the latest time is not seen to: when that one goes, it may be that of a key that went before.
local isLatestInDoubt = false
local function lose(expires)
  if not expires or expires == marker.latest then isLatestInDoubt = true end
  if expires then marker.expiring = marker.expiring - 1 end
end
local function gain(expires)
  if not expires then return end
  marker.expiring = marker.expiring + 1
  if not marker.earliest or expires < marker.earliest then marker.earliest = expires end
  if not marker.latest or expires > marker.latest then marker.latest = expires end
end
-- What is there of a key: its sequence, token, expiry, and the whole field; a ghost has lapsed, and nobody sees it.
local function find(key)
  local read = redis.call('HGET', hash, 'k' .. key)
  if not read then return nil end
  local seq, token, expires, last = split(read)
  return { seq = seq, token = token, expires = expires, last = last, read = read, isGhost = isOver(expires) }
end
local function put(key, value, expires)
  redis.call('HSET', hash, 'k' .. key, text(marker.seq) .. ' ' .. own .. ' ' .. text(expires) .. ' ' .. value)
  gain(expires)
end
local function remove(key, found)
  redis.call('HDEL', hash, 'k' .. key)
  lose(found.expires)
end
-- Removes some ghosts, a few fields at a time, so that no call waits for all of them.
local function haunt()
  if not marker.earliest or marker.earliest > now() then return end
  local page = redis.call('HSCAN', hash, marker.cursor, 'COUNT', 16)
  for at = 1, #page[2], 2 do
    local name = page[2][at]
    if name ~= '' then
      local _, _, expires = split(page[2][at + 1])
      if isOver(expires) then
        redis.call('HDEL', hash, name)
        lose(expires)
      end
    end
  end
  marker.cursor = page[1]
end
-- The exact times, by a look at every field.
local function survey()
  marker.earliest, marker.latest = nil, nil
  local all = redis.call('HGETALL', hash)
  for at = 1, #all, 2 do
    if all[at] ~= '' then
      local _, _, expires = split(all[at + 1])
      if expires then
        if not marker.earliest or expires < marker.earliest then marker.earliest = expires end
        if not marker.latest or expires > marker.latest then marker.latest = expires end
      end
    end
  end
end
-- Writes the marker, or removes the bucket if nothing holds it any more. Answers whether it is there.
local function save()
  haunt()
  if marker.expiring == 0 then
    marker.earliest, marker.latest, marker.cursor = nil, nil, '0'
  elseif isLatestInDoubt and marker.lifetime == 't' and keysAndGhosts() == marker.expiring then
    survey()
  end
  if isOver(marker.expires) or (marker.lifetime == 't' and keysAndGhosts() <= 0) or isOver(diesAt()) then
    redis.call('DEL', hash)
    return false
  end
  redis.call('HSET', hash, '', table.concat({ text(marker.seq), marker.token, marker.lifetime, text(marker.expires),
    text(marker.earliest), text(marker.latest), text(marker.expiring), marker.cursor }, ' '))
  if not isTest then
    local dies = diesAt()
    -- The server's own expiry only frees the memory of what nobody sees any more.
    if dies then redis.call('PEXPIREAT', hash, text(dies + 60000))
    elseif redis.call('PTTL', hash) >= 0 then redis.call('PERSIST', hash) end
  end
  return true
end
`;
