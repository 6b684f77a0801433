import type { Json } from "../api/shapes.ts";
import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { BlockForm } from "./block-form.tsx";
import { BlockSide } from "./block-side.tsx";

export type BlockBody = {
  readonly placement: string;
  /** Lower first. */
  readonly priority: number;
  readonly audiences: readonly string[];
  readonly rule?: Json;
  readonly html: string;
  readonly link?: string;
  readonly alt?: string;
};

export const blockKind: KindPage<BlockBody> = {
  kind: "block",
  path: "/blocks",
  texts: messages.blocks.kind,
  columns: [],
  emptyBody: () => ({ placement: "home.hero", priority: 10, audiences: [], html: "<h2>Hello</h2>" }),
  Form: BlockForm,
  Side: BlockSide,
  tabs: [],
};
