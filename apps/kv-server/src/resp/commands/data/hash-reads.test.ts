import { testExchange } from "../../../../test/play.ts";

testExchange("HGET, HMGET, HEXISTS, HSTRLEN and HLEN read keys by name", [
  ["HSET b k milk l ''", ":2\r\n"],
  ["HGET b k", "$4\r\nmilk\r\n"],
  ["hget b k", "$4\r\nmilk\r\n"],
  ["HGET b nothing", "$-1\r\n", "_\r\n"],
  ["HGET nowhere k", "$-1\r\n", "_\r\n"],
  [
    "HMGET b k nothing l k",
    "*4\r\n$4\r\nmilk\r\n$-1\r\n$0\r\n\r\n$4\r\nmilk\r\n",
    "*4\r\n$4\r\nmilk\r\n_\r\n$0\r\n\r\n$4\r\nmilk\r\n",
  ],
  ["HMGET nowhere k l", "*2\r\n$-1\r\n$-1\r\n", "*2\r\n_\r\n_\r\n"],
  ["HEXISTS b l", ":1\r\n"],
  ["HEXISTS b nothing", ":0\r\n"],
  ["HEXISTS nowhere k", ":0\r\n"],
  ["HSTRLEN b k", ":4\r\n"],
  ["HSTRLEN b nothing", ":0\r\n"],
  ["HSTRLEN nowhere k", ":0\r\n"],
  ["HLEN b", ":2\r\n"],
  ["HLEN nowhere", ":0\r\n"],
]);

testExchange("HGETALL, HKEYS and HVALS read a bucket as a whole", [
  ["HSET b k milk", ":1\r\n"],
  ["HGETALL b", "*2\r\n$1\r\nk\r\n$4\r\nmilk\r\n", "%1\r\n$1\r\nk\r\n$4\r\nmilk\r\n"],
  ["HKEYS b", "*1\r\n$1\r\nk\r\n"],
  ["HVALS b", "*1\r\n$4\r\nmilk\r\n"],
  ["HGETALL nowhere", "*0\r\n", "%0\r\n"],
  ["HKEYS nowhere", "*0\r\n"],
  ["HVALS nowhere", "*0\r\n"],
]);

testExchange("HRANDFIELD draws keys", [
  ["HSET b k milk", ":1\r\n"],
  ["HRANDFIELD b", "$1\r\nk\r\n"],
  ["HRANDFIELD b 5", "*1\r\n$1\r\nk\r\n"],
  ["HRANDFIELD b -2", "*2\r\n$1\r\nk\r\n$1\r\nk\r\n"],
  ["HRANDFIELD b 0", "*0\r\n"],
  [
    "HRANDFIELD b -2 WITHVALUES",
    "*4\r\n$1\r\nk\r\n$4\r\nmilk\r\n$1\r\nk\r\n$4\r\nmilk\r\n",
    "*2\r\n*2\r\n$1\r\nk\r\n$4\r\nmilk\r\n*2\r\n$1\r\nk\r\n$4\r\nmilk\r\n",
  ],
  ["HRANDFIELD nowhere", "$-1\r\n", "_\r\n"],
  ["HRANDFIELD nowhere -2", "*0\r\n"],
  ["HRANDFIELD b 1 FOO", "-ERR syntax error\r\n"],
  ["HRANDFIELD b x", "-ERR value is not an integer or out of range\r\n"],
  ["HRANDFIELD b 9223372036854775807 WITHVALUES", "-ERR value is out of range\r\n"],
]);
