import { StatusLight } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import type { Sync } from "./shapes.ts";

const m = messages.activation;
const lights = {
  ok: "positive",
  syncing: "informative",
  failing: "negative",
  paused: "yellow",
  stopped: "negative",
} as const;

export const healthText = ({ state }: Sync): string => m.health[state.health];

export function SyncHealth({ sync }: { sync: Sync }) {
  return <StatusLight variant={lights[sync.state.health]}>{healthText(sync)}</StatusLight>;
}
