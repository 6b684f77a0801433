export { createSegmentReader } from "./read-segment-message.ts";
export { createSegmentRoutes } from "./routes.ts";
export { type SegmentMessage, toSegmentMessage } from "./to-segment-message.ts";
