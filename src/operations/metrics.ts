import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export type Metrics = ReturnType<typeof createMetrics>;

/** Prometheus metrics of this process; names start with `clientele_`. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "clientele_" });
  const requests = new Histogram({
    name: "clientele_http_request_seconds",
    help: "Duration of HTTP requests by route pattern and status",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  });
  const events = new Counter({
    name: "clientele_events_total",
    help: "Events by outcome at the door",
    labelNames: ["outcome"],
    registers: [registry],
  });
  const segmentClaims = new Counter({
    name: "clientele_segment_claims_total",
    help: "Lists of audiences that clients sent, by what became of them",
    labelNames: ["outcome"],
    registers: [registry],
  });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
  const inboxPending = gauge("clientele_inbox_pending", "Inbox rows not yet processed");
  const inboxAge = gauge("clientele_inbox_oldest_seconds", "Age of the oldest unprocessed inbox row");
  const unexported = gauge("clientele_batches_unexported", "Processed batches not yet in the event store");
  const deadLetters = gauge("clientele_dead_letters", "Open dead letters");
  return {
    registry,
    observeRequest: ({
      method,
      route,
      status,
      seconds,
    }: {
      method: string;
      route: string;
      status: number;
      seconds: number;
    }): void => {
      requests.observe({ method, route, status: String(status) }, seconds);
    },
    countEvents: (accepted: number, duplicates: number, rejected: number): void => {
      if (accepted > 0) events.inc({ outcome: "accepted" }, accepted);
      if (duplicates > 0) events.inc({ outcome: "duplicate" }, duplicates);
      if (rejected > 0) events.inc({ outcome: "rejected" }, rejected);
    },
    countSegmentClaim: (outcome: string): void => segmentClaims.inc({ outcome }),
    setQueues: (counts: {
      readonly pending: number;
      readonly oldestAgeMs: number;
      readonly unexported: number;
      readonly deadLetters: number;
    }): void => {
      inboxPending.set(counts.pending);
      inboxAge.set(counts.oldestAgeMs / 1000);
      unexported.set(counts.unexported);
      deadLetters.set(counts.deadLetters);
    },
  };
}
