import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { notLiveChecks } from "../offers/warnings/not-live.tsx";
import { BlockForm } from "./block-form.tsx";
import { BlockSide } from "./block-side.tsx";
import type { BlockBody } from "./shapes.ts";
import { VariationsButton } from "./variations/variations-button.tsx";

export const blockKind: KindPage<BlockBody> = {
  kind: "block",
  path: "/blocks",
  texts: messages.blocks.kind,
  columns: [],
  emptyBody: () => ({ placement: "home.hero", priority: 10, audiences: [], html: "<h2>Hello</h2>" }),
  Form: BlockForm,
  PublishChecks: notLiveChecks("block"),
  Side: BlockSide,
  tabs: [],
  Actions: VariationsButton,
};
