import { Button, Content, Heading, InlineAlert, ProgressBar } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useEffect, useRef, useState } from "react";
import { messages } from "../../messages.data.ts";
import { describeError } from "../../ui/states.tsx";
import { muted, stack } from "../../ui/styles.ts";
import { formatBytes } from "../format-bytes.ts";
import { uploadFile } from "./upload-file.ts";

const m = messages.connectors.imports;
const wide = style({ width: "full", maxWidth: "full" });

type Props = {
  id: string;
  file: File;
  from: number;
  onDone: () => void;
};

/** Sends the file as soon as it is drawn, and stops when it goes away. */
export function UploadProgress({ id, file, from, onDone }: Props) {
  const [sent, setSent] = useState(from);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const latest = useRef({ onDone, sent: from });
  latest.current.onDone = onDone;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is a reason to send again
  useEffect(() => {
    const stop = new AbortController();
    const onProgress = (bytes: number) => {
      latest.current.sent = bytes;
      setSent(bytes);
    };
    uploadFile(id, file, from, { signal: stop.signal, onProgress }).then(
      () => latest.current.onDone(),
      (failure: unknown) => {
        if (!stop.signal.aborted) setError(failure);
      },
    );
    return () => stop.abort();
  }, [id, file, from, attempt]);

  if (error !== null) {
    return (
      <InlineAlert variant="negative">
        <Heading level={2}>{m.uploadFailed}</Heading>
        <Content>
          <p>{describeError(error)}</p>
          <Button
            size="S"
            variant="secondary"
            onPress={() => {
              setError(null);
              setAttempt(attempt + 1);
            }}
          >
            {m.goOn}
          </Button>
        </Content>
      </InlineAlert>
    );
  }
  const isSent = sent >= file.size;
  return (
    <div className={stack}>
      <ProgressBar
        styles={wide}
        label={m.uploading}
        value={file.size === 0 ? 100 : (sent / file.size) * 100}
        isIndeterminate={isSent}
      />
      <p className={muted}>{isSent ? m.checking : m.uploaded(formatBytes(sent), formatBytes(file.size))}</p>
    </div>
  );
}
