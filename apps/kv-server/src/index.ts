export type { Address } from "./address.ts";
export type { ServerApi } from "./application.ts";
export { kvServer } from "./application.ts";
export type { ServerErrorCode, ServerFailures } from "./errors.ts";
export { isServerError, ServerError } from "./errors.ts";
export type { ServerEvent } from "./events.ts";
export { serverChannel } from "./events.ts";
export { hashPassword } from "./password.ts";
