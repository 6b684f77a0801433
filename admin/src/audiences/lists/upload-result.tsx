import { Content, Heading, InlineAlert } from "@react-spectrum/s2";
import { formatNumber, formatShare } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { Facts } from "../../ui/facts.tsx";
import { muted, stack } from "../../ui/styles.ts";
import type { UploadCounts, UploadMode } from "./shapes.ts";

const m = messages.lists;

/** Below it a file most likely holds something else than the list is for. */
const usualRatio = 0.5;

/** How much of a file was recognised, and what the list would hold with it. */
export function UploadResult({ counts, mode, before }: { counts: UploadCounts; mode: UploadMode; before: number }) {
  const { read, rejected, suppressed, duplicates, size } = counts;
  const recognised = read - rejected;
  const ratio = read === 0 ? 0 : recognised / read;
  return (
    <section aria-label={m.result} className={stack}>
      {ratio < usualRatio ? (
        <InlineAlert variant="notice">
          <Heading level={3}>{read === 0 ? m.nothing : m.fewRecognised}</Heading>
          <Content>{m.fewRecognisedText}</Content>
        </InlineAlert>
      ) : null}
      <Facts
        facts={[
          { label: m.read, value: formatNumber(read) },
          { label: m.recognised, value: `${formatNumber(recognised)} (${formatShare(ratio)})` },
          { label: m.rejected, value: formatNumber(rejected) },
          { label: m.duplicates, value: formatNumber(duplicates) },
          ...(suppressed > 0 ? [{ label: m.suppressed, value: formatNumber(suppressed) }] : []),
          { label: m.sizeAfter, value: `${formatNumber(before)} → ${formatNumber(size)}` },
        ]}
      />
      {mode === "replace" && before > 0 ? <p className={muted}>{m.replaceText}</p> : null}
    </section>
  );
}
