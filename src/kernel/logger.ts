import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger };

/**
 * Structured JSON lines. Messages are constant, values are fields; error = someone must act, warn = degraded,
 * info = lifecycle, debug = off in production.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination ? pino(options, destination) : pino(options);
}
