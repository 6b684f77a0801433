import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { uploadAsset } from "./send-file.ts";
import type { Asset } from "./shapes.ts";

export type Upload = {
  readonly id: number;
  readonly file: File;
  readonly folder: string;
  readonly state: "waiting" | "sending" | "done" | "duplicate" | "failed";
  /** Of the file that has left, 0..1. */
  readonly ratio: number;
  readonly asset: Asset | null;
  readonly error: unknown;
};

/** The server decodes four at once; two leave it time for others. */
const atOnce = 2;
export const maxFiles = 200;

/** Sends files two at a time and keeps what became of each. Leaving the page ends what is under way. */
export function useUploads() {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const stop = useRef<AbortController | null>(null);
  const nextId = useRef(1);
  const again = useRef<Set<number>>(new Set());
  const begun = useRef<Set<number>>(new Set());
  const client = useQueryClient();
  useEffect(() => () => stop.current?.abort(), []);

  const change = (id: number, patch: Partial<Upload>) =>
    setUploads((all) => all.map((each) => (each.id === id ? { ...each, ...patch } : each)));

  useEffect(() => {
    const sending = uploads.filter(({ state }) => state === "sending").length;
    const next = uploads.find(({ id, state }) => state === "waiting" && !begun.current.has(id));
    if (!next || sending >= atOnce) return;
    begun.current.add(next.id);
    stop.current ??= new AbortController();
    const { signal } = stop.current;
    change(next.id, { state: "sending", ratio: 0, error: null });
    const { file, folder } = next;
    uploadAsset(
      file,
      { folder, allowDuplicate: again.current.has(next.id) },
      { signal, onProgress: (ratio) => change(next.id, { ratio }) },
    ).then(
      ({ asset, isDuplicate }) => {
        change(next.id, { state: isDuplicate ? "duplicate" : "done", ratio: 1, asset });
        void client.invalidateQueries({ queryKey: ["assets"] });
      },
      (error: unknown) => {
        if (!signal.aborted) change(next.id, { state: "failed", error });
      },
    );
  });

  return {
    uploads,
    add: (files: readonly File[], folder: string) => {
      const added = files.slice(0, maxFiles).map(
        (file): Upload => ({
          ...{ id: nextId.current++, file, folder, state: "waiting", ratio: 0, asset: null, error: null },
        }),
      );
      setUploads((all) => [...added, ...all]);
    },
    retry: (id: number, allowDuplicate = false) => {
      if (allowDuplicate) again.current.add(id);
      begun.current.delete(id);
      change(id, { state: "waiting" });
    },
    clear: () => setUploads((all) => all.filter(({ state }) => state === "waiting" || state === "sending")),
  };
}
