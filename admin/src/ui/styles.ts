/** Class names that several pages share; single-use styles stay beside their component. */
import { focusRing, style } from "@react-spectrum/s2/style" with { type: "macro" };

export const stack = style({ display: "flex", flexDirection: "column", gap: 16, minWidth: 0 });
export const stackTight = style({ display: "flex", flexDirection: "column", gap: 8, minWidth: 0 });
export const stackWide = style({ display: "flex", flexDirection: "column", gap: 24, minWidth: 0 });
export const row = style({ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 8, minWidth: 0 });
export const rowEnd = style({ display: "flex", flexWrap: "wrap", alignItems: "end", gap: 12, minWidth: 0 });
export const rowStart = style({ display: "flex", flexWrap: "wrap", alignItems: "start", gap: 16, minWidth: 0 });
export const tabContent = style({ paddingTop: 24 });
export const rowBetween = style({
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  justifyContent: "space-between",
  gap: 12,
  minWidth: 0,
});
export const panel = style({
  backgroundColor: "elevated",
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  borderRadius: "lg",
  padding: 20,
  display: "flex",
  flexDirection: "column",
  gap: 16,
  minWidth: 0,
  boxSizing: "border-box",
});
export const panelTitle = style({ font: "title-sm", color: "heading", margin: 0 });
export const pageTitle = style({ font: "heading-lg", color: "heading", margin: 0, overflowWrap: "anywhere" });
export const muted = style({ font: "body-sm", color: "neutral-subdued", margin: 0 });
export const mutedXs = style({ font: "body-xs", color: "neutral-subdued", margin: 0 });
export const body = style({ font: "body-sm", color: "body", margin: 0 });
export const strong = style({ font: "ui", fontWeight: "bold", color: "heading" });
export const mono = style({ font: "code-sm", color: "body", overflowWrap: "anywhere" });
export const codeBlock = style({
  font: "code-xs",
  color: "body",
  backgroundColor: "layer-1",
  borderRadius: "default",
  padding: 12,
  margin: 0,
  overflow: "auto",
  maxHeight: 480,
  whiteSpace: "pre",
});
/** Main column with a side panel that moves below it on narrow screens. */
export const mainAndSide = style({
  display: "grid",
  gridTemplateColumns: { default: "minmax(0, 1fr)", xl: "minmax(0, 1fr) 340px" },
  gap: 24,
  alignItems: "start",
});
export const halves = style({
  display: "grid",
  gridTemplateColumns: { default: "minmax(0, 1fr)", lg: "minmax(0, 1fr) minmax(0, 1fr)" },
  gap: 24,
  alignItems: "start",
});
export const tiles = style({
  display: "grid",
  gridTemplateColumns: "repeat(auto-fill, minmax(144px, 1fr))",
  gap: 16,
});
export const plainList = style({
  listStyleType: "none",
  margin: 0,
  padding: 0,
  display: "flex",
  flexDirection: "column",
  gap: 8,
});
export const plainButton = style({
  ...focusRing(),
  font: "ui",
  color: "neutral",
  backgroundColor: "transparent",
  borderStyle: "none",
  padding: 0,
  cursor: "pointer",
  textAlign: "start",
});
export const visuallyHidden = style({
  position: "absolute",
  width: 1,
  height: 1,
  overflow: "hidden",
  whiteSpace: "nowrap",
  padding: 0,
  margin: 0,
  opacity: 0,
});
