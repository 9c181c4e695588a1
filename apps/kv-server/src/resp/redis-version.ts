/**
 * The version of Redis whose behaviour and wording this door has: clients look at it to know what they may ask for. Our
 * own version is another thing, which INFO tells beside it.
 */
export const redisVersion = "7.0.15";
