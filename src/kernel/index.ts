export { createBatchLog } from "./batch-log.ts";
export { type Clock, createFixedClock, type FixedClock, systemClock } from "./clock.ts";
export { csvCell, csvLine } from "./csv.ts";
export { assertNever, ClienteleError, type ErrorCode, type ErrorDetail, errorCatalogue } from "./errors.ts";
export { fnv1a, hashToUnit, sha256Hex } from "./hashing.ts";
export { isUuid, newId } from "./ids.ts";
export { joinToBuffer } from "./join-to-buffer.ts";
export { isObject, type JsonObject, type JsonValue } from "./json.ts";
export { createLogger, type Logger } from "./logger.ts";
export { divideHalfUp, type Money, minorDigits, toDecimal, toMinor } from "./money.ts";
export {
  decodeCursor,
  decodeTimeCursor,
  defaultPageSize,
  encodeCursor,
  maxPageSize,
  type Page,
  toPage,
} from "./paging.ts";
export { plainNumber, plainText } from "./plain-value.ts";
export { createRandom, drawNormal, sampleIndexes } from "./seeded-random.ts";
export { startWorker } from "./start-worker.ts";
export { stepBack } from "./step-back.ts";
export { createTurn } from "./work-turn.ts";
