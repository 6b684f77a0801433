import { Slider } from "@react-spectrum/s2";
import { formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { muted, stackTight } from "../ui/styles.ts";
import { likenessAt } from "./likeness-at.ts";
import type { SizeStep } from "./read-report.ts";

const m = messages.models;

type Props = { share: number; sizes: readonly SizeStep[]; onChange: (share: number) => void; isDisabled?: boolean };

/** How many of those who are alike count: few who are very alike, or many. */
export function SizeSlider({ share, sizes, onChange, isDisabled = false }: Props) {
  const likeness = likenessAt(sizes, share);
  return (
    <div className={stackTight}>
      <Slider
        label={m.size}
        minValue={0.01}
        maxValue={0.5}
        step={0.01}
        isDisabled={isDisabled}
        formatOptions={{ style: "percent" }}
        value={share}
        onChange={onChange}
      />
      <p className={muted} role="status">
        {m.sizeOf(formatShare(share))}
        {likeness === null ? `. ${m.sizeText}` : `: ${m.likeness(formatNumber(likeness, 1))}`}
      </p>
    </div>
  );
}
