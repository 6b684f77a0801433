import { ActionButton } from "@react-spectrum/s2";
import { focusRing, style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { KeyboardEvent } from "react";
import { formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { muted, rowBetween, stackTight } from "../ui/styles.ts";
import { moveFocus } from "./move-focus.ts";
import type { FocalPoint } from "./shapes.ts";

const m = messages.assets;
const frame = style({
  position: "relative",
  alignSelf: "start",
  maxWidth: "full",
  lineHeight: "ui",
  cursor: "crosshair",
  backgroundColor: "gray-75",
});
const point = style({
  ...focusRing(),
  position: "absolute",
  width: 24,
  height: 24,
  padding: 0,
  borderRadius: "full",
  borderWidth: 2,
  borderStyle: "solid",
  borderColor: "white",
  backgroundColor: "blue-900",
  opacity: { default: 1, isUnset: 0.6 },
  cursor: "grab",
});

type Props = {
  src: string;
  value: FocalPoint | null;
  onChange: (point: FocalPoint | null) => void;
  isReadOnly: boolean;
};

const middle: FocalPoint = { x: 0.5, y: 0.5 };

/** The point of a picture that crops keep in view, set by a click or by arrow keys. */
export function FocalPointField({ src, value, onChange, isReadOnly }: Props) {
  const at = value ?? middle;
  const place = m.focalAt(formatShare(at.x), formatShare(at.y));
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moveFocus(at, event.key, event.shiftKey);
    if (!next || isReadOnly) return;
    event.preventDefault();
    onChange(next);
  };
  return (
    <div className={stackTight}>
      <p className={muted}>{m.focalText}</p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the point inside does the same by keyboard */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above */}
      <div
        className={frame}
        onClick={(event) => {
          if (isReadOnly) return;
          const box = event.currentTarget.getBoundingClientRect();
          onChange(moveFocus({ x: (event.clientX - box.x) / box.width, y: (event.clientY - box.y) / box.height }));
        }}
      >
        <img src={src} alt="" style={{ display: "block", maxWidth: "100%", maxHeight: 360 }} draggable={false} />
        <button
          type="button"
          className={point({ isUnset: value === null })}
          style={{ left: `calc(${at.x * 100}% - 12px)`, top: `calc(${at.y * 100}% - 12px)` }}
          aria-label={m.focalHandle(place)}
          aria-disabled={isReadOnly}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className={rowBetween}>
        <p className={muted} role="status">
          {value === null ? m.focalNone : place}
        </p>
        {value === null || isReadOnly ? null : (
          <ActionButton size="S" onPress={() => onChange(null)}>
            {m.focalClear}
          </ActionButton>
        )}
      </div>
    </div>
  );
}
