import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";

const frame = style({
  width: { size: { small: 48, medium: 88, large: 280 } },
  height: { size: { small: 48, medium: 88, large: 280 } },
  flexShrink: 0,
  objectFit: "contain",
  backgroundColor: "gray-50",
  borderRadius: "default",
});

type Props = { src: string | null | undefined; alt: string; size?: "small" | "medium" | "large" };

/** A product's picture, or an empty tile when there is none or it does not load. */
export function ProductImage({ src, alt, size = "small" }: Props) {
  const [failed, setFailed] = useState<string | null>(null);
  if (!src || failed === src) return <div className={frame({ size })} aria-hidden={alt === "" ? "true" : undefined} />;
  return <img className={frame({ size })} src={src} alt={alt} loading="lazy" onError={() => setFailed(src)} />;
}
