import { messages } from "../messages.data.ts";

const m = messages.identity.dialogs;

/** Audiences of one profile before and after, by key. */
export type Change = { readonly who: string; readonly before: readonly string[]; readonly after: readonly string[] };

/** Which audiences a profile enters and leaves, in words; nothing when none changes. */
export function changesOf({ who, before, after }: Change, nameOf: (key: string) => string): readonly string[] {
  const entered = after.filter((key) => !before.includes(key)).map(nameOf);
  const left = before.filter((key) => !after.includes(key)).map(nameOf);
  return [
    ...(entered.length > 0 ? [m.enters(who, entered.join(", "))] : []),
    ...(left.length > 0 ? [m.leaves(who, left.join(", "))] : []),
  ];
}
