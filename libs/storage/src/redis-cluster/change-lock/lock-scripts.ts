import { script } from "../buckets/scripts/script.ts";

/** Where the lock lies. No bucket's hash has this key: in a name, a `%` is `%25`; and a user who may use buckets may use it. */
export const LOCK_KEY = Buffer.from("b:%change");

/**
 * Takes the lock, or keeps it. Arguments: token, who it is, and for how many milliseconds. Answers `taken`, or `held`, who holds it, and for how many
 * milliseconds more at most. One that is gone is taken again: the server that has it may have failed over before its copy had it.
 */
export const TAKE_LOCK = script(`
local token = redis.call('HGET', KEYS[1], 'token')
if token and token ~= ARGV[1] then
  return { 'held', redis.call('HGET', KEYS[1], 'holder'), redis.call('PTTL', KEYS[1]) }
end
local now = redis.call('TIME')
redis.call('HSET', KEYS[1], 'token', ARGV[1], 'holder', ARGV[2])
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[3]))
return { 'taken' }`);

/** Gives the lock back. Argument: token. */
export const RELEASE_LOCK = script(`
if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return { 'released' }`);
