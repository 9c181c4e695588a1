export { stationHttp } from "./application.ts";
