/** One copied condition, kept in this browser so that it can be pasted into another audience, also in another tab. */
import { useSyncExternalStore } from "react";
import type { JsonObject } from "../../api/shapes.ts";
import { recall, remember } from "../../ui/remember.ts";

export type Clip = { readonly place: string; readonly rule: JsonObject };

const name = "rules.clip";
const listeners = new Set<() => void>();
let lastText: string | null = null;
let lastClip: Clip | null = null;

export function useClip(): Clip | null {
  return useSyncExternalStore(subscribe, read);
}

export function copyToClip(clip: Clip): void {
  remember(name, JSON.stringify(clip));
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // Another tab copied something.
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** The same object while the text is the same, as React asks of a store. */
function read(): Clip | null {
  const text = recall(name);
  if (text !== lastText) {
    lastText = text;
    lastClip = parse(text);
  }
  return lastClip;
}

function parse(text: string | null): Clip | null {
  try {
    const clip = JSON.parse(text ?? "null") as Partial<Clip> | null;
    return typeof clip?.place === "string" && typeof clip.rule === "object" && clip.rule !== null
      ? { place: clip.place, rule: clip.rule }
      : null;
  } catch {
    return null;
  }
}
