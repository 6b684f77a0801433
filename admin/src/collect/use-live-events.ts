import { useEffect, useRef, useState } from "react";
import { get } from "../api/client.ts";
import type { JsonObject, Page } from "../api/shapes.ts";

export type LiveEvent = {
  readonly eventId?: string;
  readonly type: string;
  readonly originalName?: string;
  readonly ts: string | number;
  readonly receivedAt: string | number;
  readonly sourceId?: string;
  readonly identifiers?: readonly { readonly namespace: string; readonly value: string }[];
  readonly verified?: boolean;
  readonly flags?: readonly string[];
  readonly storeView?: string;
  readonly properties?: JsonObject;
  readonly context?: JsonObject;
  readonly payload?: unknown;
  readonly status: "accepted" | "rejected";
  readonly code?: string;
  readonly message?: string;
};

export type SeenEvent = LiveEvent & { readonly key: string };
export type StreamState = "connecting" | "open" | "lost";

const keptEvents = 300;
/** Drawn in steps: hundreds of events a second would otherwise be hundreds of renders. */
const drawEveryMs = 250;

/** The newest events as they come in. While paused the stream stays open and what comes is counted, not shown. */
export function useLiveEvents(isPaused: boolean) {
  const [events, setEvents] = useState<readonly SeenEvent[]>([]);
  const [state, setState] = useState<StreamState>("connecting");
  const [held, setHeld] = useState(0);
  const waiting = useRef<SeenEvent[]>([]);
  const counter = useRef(0);

  useEffect(() => {
    const keep = (event: LiveEvent): SeenEvent => {
      counter.current += 1;
      return { ...event, key: `${event.eventId ?? "rejected"} ${counter.current}` };
    };
    const stop = new AbortController();
    get<Page<LiveEvent>>("/v1/events", { limit: 100 }, { signal: stop.signal })
      .then((page) => setEvents((now) => (now.length > 0 ? now : page.items.map(keep))))
      // The stream's own state tells that the server is out of reach.
      .catch(() => undefined);
    const source = new EventSource("/v1/events/stream", { withCredentials: true });
    source.onopen = () => setState("open");
    source.onerror = () => setState("lost");
    source.onmessage = (message: MessageEvent<string>) => {
      setState("open");
      waiting.current.push(keep(JSON.parse(message.data) as LiveEvent));
      if (waiting.current.length > keptEvents) waiting.current.splice(0, waiting.current.length - keptEvents);
    };
    return () => {
      stop.abort();
      source.close();
    };
  }, []);

  useEffect(() => {
    const timer = setInterval(() => {
      if (isPaused) {
        setHeld(waiting.current.length);
        return;
      }
      if (waiting.current.length === 0) return;
      const fresh = waiting.current.splice(0).reverse();
      setHeld(0);
      setEvents((now) => [...fresh, ...now].slice(0, keptEvents));
    }, drawEveryMs);
    return () => clearInterval(timer);
  }, [isPaused]);

  return { events, state, held, clear: () => setEvents([]) };
}
