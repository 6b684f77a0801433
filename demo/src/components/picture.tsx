import { useState } from "react";

type PictureProps = {
  readonly src: string | null;
  readonly alt: string;
  readonly isEager?: boolean;
  readonly className?: string;
};

/** A product picture; a quiet field with the first letter stands in for a missing one. */
export function Picture({ src, alt, isEager = false, className = "" }: PictureProps) {
  const [brokenSrc, setBrokenSrc] = useState<string | null>(null);
  if (src === null || src === brokenSrc) {
    return (
      <span className={`picture picture-missing ${className}`} role="img" aria-label={alt}>
        <span aria-hidden="true">{alt.charAt(0) || "·"}</span>
      </span>
    );
  }
  return (
    <img
      className={`picture ${className}`}
      src={src}
      alt={alt}
      loading={isEager ? "eager" : "lazy"}
      decoding="async"
      width={480}
      height={600}
      onError={() => setBrokenSrc(src)}
    />
  );
}
