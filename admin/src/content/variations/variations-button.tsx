import { LinkButton } from "@react-spectrum/s2";
import type { Definition } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import type { BlockBody } from "../shapes.ts";

/** From a block to other words for it. */
export function VariationsButton({ definition }: { definition: Definition<BlockBody> }) {
  return (
    <LinkButton variant="secondary" href={`/variations/new?block=${encodeURIComponent(definition.key)}`}>
      {messages.variations.propose}
    </LinkButton>
  );
}
