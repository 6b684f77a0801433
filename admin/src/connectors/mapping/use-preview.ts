import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiError, type Fault, get, post, put } from "../../api/client.ts";
import { messages } from "../../messages.data.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import { sendPiece } from "../imports/send-piece.ts";
import { toSampleFile } from "./sample-file.ts";
import type { Mapping, Preview, RecordKind } from "./shapes.ts";

const typingMs = 500;
const shownRecords = 20;

export type PreviewState = {
  readonly preview: Preview | undefined;
  /** Why the mapping cannot be used as it is. */
  readonly faults: readonly Fault[];
  readonly error: unknown;
  readonly isUpdating: boolean;
};

/**
 * What an import's first rows become under a mapping; the mapping is stored with the import. While it is refused, the last good
 * preview stays.
 *
 * @param mapping null = what the import has, else what its columns suggest
 * @param version changes when the file is to be read in another way
 */
export function useImportPreview(id: string | undefined, mapping: Mapping | null, version = ""): PreviewState {
  const settled = useDebounced(mapping, typingMs);
  const query = useQuery({
    queryKey: ["import-preview", id, settled, version],
    enabled: id !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const path = `/v1/imports/${id ?? ""}`;
      if (settled) await put<unknown>(`${path}/mapping`, { mapping: settled }, { signal });
      return get<Preview>(`${path}/preview`, { limit: shownRecords }, { signal });
    },
  });
  const faults = query.error instanceof ApiError && query.error.status === 422 ? query.error.details : [];
  return {
    preview: query.data,
    faults,
    error: faults.length > 0 ? null : query.error,
    isUpdating: settled !== mapping || query.isFetching,
  };
}

/**
 * A mapping tried on pasted rows. The rows travel as an import that is never started and is cancelled when the page is left: the
 * server reads them exactly as it would read the source.
 */
export function useSamplePreview(kind: RecordKind, text: string, mapping: Mapping | null, customerNamespace: string) {
  const settled = useDebounced(text, typingMs);
  const file = toSampleFile(settled);
  const draft = useQuery({
    queryKey: ["mapping-sample", kind, file.ok ? file.text : "", customerNamespace],
    enabled: file.ok,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    // A draft that was left is cancelled and cannot be used again.
    gcTime: 0,
    queryFn: async ({ signal }) => {
      if (!file.ok) throw new TypeError("there are no rows");
      const { id } = await post<{ id: string }>(
        "/v1/imports",
        { kind, fileName: file.fileName, source: messages.connectors.imports.sampleSource, customerNamespace },
        { signal },
      );
      await sendPiece(id, new Blob([file.text]), 0, true, { signal });
      return id;
    },
  });
  const id = file.ok ? draft.data : undefined;
  useEffect(() => {
    if (id === undefined) return;
    return () => void post(`/v1/imports/${id}/cancel`).catch(() => undefined);
  }, [id]);
  const state = useImportPreview(id, mapping);
  return { ...state, error: draft.error ?? state.error, isUpdating: file.ok && (draft.isFetching || state.isUpdating) };
}
