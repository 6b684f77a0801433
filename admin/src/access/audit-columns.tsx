import { pathByKind } from "../definitions/path-by-kind.ts";
import { formatInstant, formatShortId } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import type { Column } from "../ui/data-table.tsx";

const m = messages.audit;

export type AuditEntry = {
  readonly id: string;
  readonly seq?: number;
  readonly at: string;
  readonly actor: string;
  readonly via: string;
  readonly action: string;
  /** Absent in the activity of one object. */
  readonly objectKind?: string;
  readonly objectId?: string;
  readonly before?: unknown;
  readonly after?: unknown;
};

/** Things without a name, whose ids are too long to read. */
const namedById: ReadonlySet<string> = new Set(["profile", "duplicate", "privacy-request", "suppression"]);

function nameOf(entry: AuditEntry): string {
  const image = (entry.after ?? entry.before) as { name?: unknown } | null | undefined;
  if (typeof image?.name === "string") return image.name;
  const { objectKind = "", objectId = "" } = entry;
  return namedById.has(objectKind) ? formatShortId(objectId) : objectId;
}

/** Who, when, what, to what, from where. */
export const auditColumns: readonly Column<AuditEntry>[] = [
  { key: "action", label: m.action, text: ({ action }) => m.actions[action as keyof typeof m.actions] ?? action },
  { key: "at", isOneLine: true, label: m.at, text: ({ at }) => formatInstant(at) },
  { key: "actor", label: m.actor, text: ({ actor }) => actor },
  { key: "via", label: m.via, text: ({ via }) => m.vias[via as keyof typeof m.vias] ?? via },
  {
    key: "object",
    label: m.object,
    text: nameOf,
    render: (entry) => {
      const path = pathByKind[entry.objectKind ?? ""];
      const kind = messages.kinds[entry.objectKind as keyof typeof messages.kinds] ?? entry.objectKind ?? "";
      return (
        <>
          {kind}: {path ? <AppLink to={`${path}/${entry.objectId}`}>{nameOf(entry)}</AppLink> : nameOf(entry)}
        </>
      );
    },
  },
];
