import { BUCKET_LUA } from "./bucket-lua.ts";
import { script } from "./script.ts";

/** Arguments: time, key. Answers the key's field, nil when it is missing, or 0 when there is no bucket. */
export const GET = script(
  BUCKET_LUA,
  `
if not load() then return 0 end
local read = redis.call('HGET', hash, 'k' .. ARGV[2])
if not read then return false end
local _, _, expires = split(read)
if isOver(expires) then return false end
return read`,
);

/** Arguments: time, key. Answers the sequence, the token, the expiry and the length of the value; as {@link GET} where there is none. */
export const DESCRIBE_KEY = script(
  BUCKET_LUA,
  `
if not load() then return 0 end
local read = redis.call('HGET', hash, 'k' .. ARGV[2])
if not read then return false end
local seq, token, expires, last = split(read)
if isOver(expires) then return false end
return { seq, token, text(expires), #read - last }`,
);

/**
 * Arguments: time, whether keys are counted (1 or 0). Answers sequence, token, lifetime, expiry and how many keys there are, or nil. Where keys have
 * lapsed and are not removed yet, counting takes a look at all of them.
 */
export const DESCRIBE_BUCKET = script(
  BUCKET_LUA,
  `
if not load() then return false end
local keys = 0
if ARGV[2] == '1' then
  keys = keysAndGhosts()
  if marker.earliest and isOver(marker.earliest) then
    local all = redis.call('HVALS', hash)
    keys = 0
    for _, read in ipairs(all) do
      local seq, _, expires = split(read)
      -- The marker is no key: a word stands where a key has its expiry.
      if string.find(read, '^%d+ %S+ [~%d-]') and not isOver(expires) then keys = keys + 1 end
    end
  end
end
return { text(marker.seq), marker.token, marker.lifetime, text(marker.expires), keys }`,
);

/**
 * Arguments: time, cursor of HSCAN, how many, whether all of a small hash is wanted (1 or 0). Answers the run of the server, the next cursor, then for each key its name, sequence, token and
 * expiry; nil where there is no bucket. A hash that the server keeps as a list comes as a whole: its cursor is `all`.
 */
export const LIST_KEYS = script(
  BUCKET_LUA,
  `
if not load() then return false end
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local encoding = redis.call('OBJECT', 'ENCODING', hash)
local page
if ARGV[4] == '1' or encoding ~= 'hashtable' then page = { 'all', redis.call('HGETALL', hash) }
else page = redis.call('HSCAN', hash, ARGV[2], 'COUNT', ARGV[3]) end
local answer = { run, page[1] }
for at = 1, #page[2], 2 do
  local name = page[2][at]
  if name ~= '' then
    local seq, token, expires = split(page[2][at + 1])
    if not isOver(expires) then
      answer[#answer + 1] = string.sub(name, 2)
      answer[#answer + 1] = seq
      answer[#answer + 1] = token
      answer[#answer + 1] = text(expires)
    end
  end
end
return answer`,
);
