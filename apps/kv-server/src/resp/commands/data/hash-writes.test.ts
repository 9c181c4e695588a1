import { testExchange } from "../../../../test/play.ts";

testExchange("HSET, HMSET and HSETNX put keys, and the first one makes the bucket", [
  ["HSET b k 1 l 2", ":2\r\n"],
  ["HSET b k 3 m 4", ":1\r\n"],
  ["HSET b n 1 n 2", ":1\r\n"],
  ["HGET b n", "$1\r\n2\r\n"],
  ["HMSET b k 5", "+OK\r\n"],
  ["HGET b k", "$1\r\n5\r\n"],
  ["HSETNX b k 6", ":0\r\n"],
  ["HSETNX c k 6", ":1\r\n"],
  ["HGET b k", "$1\r\n5\r\n"],
  ["HGET c k", "$1\r\n6\r\n"],
  ["HSET b '' ''", ":1\r\n"],
  ["HGET b ''", "$0\r\n\r\n"],
  ["HSET b k 1 l", "-ERR wrong number of arguments for 'hset' command\r\n"],
  ["HMSET b k 1 l", "-ERR wrong number of arguments for 'hmset' command\r\n"],
  ["HSETNX b k", "-ERR wrong number of arguments for 'hsetnx' command\r\n"],
]);

testExchange("HDEL deletes keys, and a bucket of HSET goes with its last one", [
  ["HSET b k 1 l 2 m 3", ":3\r\n"],
  ["HDEL b k l nothing k", ":2\r\n"],
  ["HDEL b nothing", ":0\r\n"],
  ["HDEL nowhere k", ":0\r\n"],
  ["EXISTS b", ":1\r\n"],
  ["HDEL b m", ":1\r\n"],
  ["EXISTS b", ":0\r\n"],
]);

testExchange("HDEL leaves a bucket that was created", [
  ["KV.CREATE b", "+OK\r\n"],
  ["HSET b k 1", ":1\r\n"],
  ["HDEL b k", ":1\r\n"],
  ["EXISTS b", ":1\r\n"],
  ["TYPE b", "+hash\r\n"],
  ["HLEN b", ":0\r\n"],
]);

testExchange("HINCRBY counts from 0, within 64 bits, and only numbers", [
  ["HINCRBY b k 5", ":5\r\n"],
  ["HINCRBY b k -7", ":-2\r\n"],
  ["HGET b k", "$2\r\n-2\r\n"],
  ["HINCRBY b k 9223372036854775807", ":9223372036854775805\r\n"],
  ["HINCRBY b k 3", "-ERR increment or decrement would overflow\r\n"],
  ["HINCRBY b k 2", ":9223372036854775807\r\n"],
  ["HINCRBY b l -9223372036854775808", ":-9223372036854775808\r\n"],
  ["HINCRBY b l -1", "-ERR increment or decrement would overflow\r\n"],
  ["HINCRBY b k 9223372036854775808", "-ERR value is not an integer or out of range\r\n"],
  ["HINCRBY b k 1.5", "-ERR value is not an integer or out of range\r\n"],
  ["HINCRBY b k +1", "-ERR value is not an integer or out of range\r\n"],
  ["HSET b x abc y 01 z ''", ":3\r\n"],
  ["HINCRBY b x 1", "-ERR hash value is not an integer\r\n"],
  ["HINCRBY b y 1", "-ERR hash value is not an integer\r\n"],
  ["HINCRBY b z 1", "-ERR hash value is not an integer\r\n"],
]);
