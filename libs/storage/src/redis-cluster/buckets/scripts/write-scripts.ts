import { BUCKET_LUA, WRITING_LUA } from "./bucket-lua.ts";
import type { Script } from "../../cluster/cluster.ts";
import { script } from "./script.ts";

/** Arguments: time, token. Answers `created` or `exists`, sequence, token. What is there already is written again: it has to be kept, too. */
export const CREATE_BUCKET = script(
  BUCKET_LUA,
  WRITING_LUA,
  `
local type = 'exists'
if not open() then
  make('k')
  touch()
  type = 'created'
elseif marker.lifetime == 't' then
  marker.lifetime = 'k'
  touch()
end
save()
return { type, text(marker.seq), marker.token }`,
);

/** Arguments: time, token. Answers `dropped` and a sequence, or `no-bucket`. */
export const DROP_BUCKET = script(
  BUCKET_LUA,
  WRITING_LUA,
  `
if not open() then return { 'no-bucket' } end
touch()
redis.call('UNLINK', hash)
return { 'dropped', text(marker.seq) }`,
);

/** A put of one field that never expires, without a condition, where `absent` is what is done without a bucket. */
function plainPut(absent: string): Script {
  return script(
    // Ahead of the functions that all others begin with: making those is about a fifth of what such a put takes the server.
    `
do
  local read = redis.call('HGET', KEYS[1], '')
  local _, last, before = string.find(read or '', '^(%d+) %S+ ')
  -- Where nothing expires there is nothing to count.
  if last and string.sub(read, last + 2) == ' ~ ~ ~ 0 0' then
    local seq = string.format('%.0f', tonumber(before) + 1)
    local head = seq .. ' ' .. ARGV[2] .. ' '
    local added = redis.call('HSET', KEYS[1], 'k' .. ARGV[3], head .. '~ ' .. ARGV[4], '', head .. string.sub(read, last + 1))
    return { 'stored', seq, added }
  end
end
`,
    BUCKET_LUA,
    WRITING_LUA,
    `
if not open() then ${absent} end
local found = find(ARGV[3])
local added = (not found or found.isGhost) and 1 or 0
touch()
put(ARGV[3], ARGV[4], nil)
if found then lose(found.expires) end
save()
return { 'stored', text(marker.seq), added }`,
  );
}

/** The put of one plain field into a bucket that is there. Arguments: time, token, key, value. Answers `stored`, sequence, how many are new; or `no-bucket`. */
export const PUT_PLAIN = plainPut("return { 'no-bucket' }");

/** The same into a bucket that is made if need be, a transient one. */
export const PUT_PLAIN_CREATING = plainPut("make('t')");

/**
 * Arguments: time, token, whether a bucket is made (1 or 0), then for each field key, value, expiry, condition (empty, `absent`, or a
 * revision). Answers `stored`, sequence, how many are new; `no-bucket`; or `conflict`, number of the field (from 1), revision or nil.
 */
export const PUT = script(
  BUCKET_LUA,
  WRITING_LUA,
  `
local isThere = open()
if not isThere and (ARGV[3] == '0' or #ARGV == 3) then return { 'no-bucket' } end
local found = {}
local isApplied = false
for at = 4, #ARGV, 4 do
  local key, condition = ARGV[at], ARGV[at + 3]
  if found[key] == nil then found[key] = isThere and find(key) or false end
  local there = found[key]
  if there and there.isGhost then there = nil end
  if condition ~= '' then
    local revision = there and there.seq .. '-' .. there.token
    if condition ~= (revision or 'absent') then
      if there and there.token == own then isApplied = there
      else return { 'conflict', (at - 4) / 4 + 1, revision } end
    end
  end
end
if isApplied then
  -- It was sent before, and its answer lost: what is there is written again, since only what is written is waited for.
  save()
  redis.call('HSET', hash, '', redis.call('HGET', hash, ''))
  return { 'stored', isApplied.seq, 0 }
end
if #ARGV == 3 then
  save()
  return { 'stored', text(marker.seq), 0, marker.token }
end
if not isThere then make('t') end
touch()
local added = 0
local latest = {}
for at = 4, #ARGV, 4 do
  if not latest[ARGV[at]] then
    if not found[ARGV[at]] or found[ARGV[at]].isGhost then added = added + 1 end
  end
  latest[ARGV[at]] = at
end
for key, at in pairs(latest) do
  local expires = tonumber(ARGV[at + 2])
  local before = found[key]
  if isOver(expires) then
    if before then remove(key, before) end
  else
    put(key, ARGV[at + 1], expires)
    if before then lose(before.expires) end
  end
end
save()
return { 'stored', text(marker.seq), added }`,
);

/**
 * Arguments: time, token, revision or nothing, then the keys. Answers `deleted`, sequence, how many; `missing`; `no-bucket`; or
 * `conflict`, number of the key (from 1), revision or nil.
 */
export const DELETE = script(
  BUCKET_LUA,
  WRITING_LUA,
  `
if not open() then return { 'no-bucket' } end
local wanted = ARGV[3]
local found = {}
for at = 4, #ARGV do
  local there = find(ARGV[at])
  found[ARGV[at]] = there
  if there and there.isGhost then there = nil end
  if wanted ~= '' then
    local revision = there and there.seq .. '-' .. there.token
    if wanted ~= (revision or 'absent') then return { 'conflict', at - 3, revision } end
  end
end
local removed = 0
for key, there in pairs(found) do
  if not there.isGhost then removed = removed + 1 end
  remove(key, there)
end
if removed > 0 then touch() end
save()
if removed == 0 then return { 'missing' } end
return { 'deleted', text(marker.seq), removed }`,
);

/**
 * Arguments: time, token, `k` and the key or `b` for the bucket, the time it is to expire at, then conditions. Answers `updated` and a sequence,
 * `unchanged`, `missing` or `no-bucket`.
 */
export const EXPIRE = script(
  BUCKET_LUA,
  WRITING_LUA,
  `
if not open() then return { 'no-bucket' } end
local isBucket = ARGV[3] == 'b'
local key = string.sub(ARGV[3], 2)
local there = not isBucket and find(key)
if not isBucket and (not there or there.isGhost) then return { 'missing' } end
local before = marker.expires
if there then before = there.expires end
local after = tonumber(ARGV[4])
local b, a = before or math.huge, after or math.huge
for at = 5, #ARGV do
  local condition = ARGV[at]
  if (condition == 'if-none' and before) or (condition == 'if-some' and not before)
    or (condition == 'if-later' and not (before and a > b)) or (condition == 'if-sooner' and not (after and a < b)) then
    return { 'unchanged' }
  end
end
touch()
if isBucket then
  marker.expires = after
elseif isOver(after) then
  remove(key, there)
else
  put(key, string.sub(there.read, there.last + 1), after)
  lose(there.expires)
end
save()
return { 'updated', text(marker.seq) }`,
);
