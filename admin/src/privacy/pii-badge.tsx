import { Badge } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import type { Pii } from "./shapes.ts";

const variants = {
  none: "neutral",
  indirect: "informative",
  direct: "notice",
  sensitive: "negative",
} as const satisfies Record<Pii, string>;

export function PiiBadge({ pii }: { pii: Pii }) {
  return (
    <Badge variant={variants[pii]} fillStyle="subtle">
      {messages.privacy.classes.piis[pii].label}
    </Badge>
  );
}
