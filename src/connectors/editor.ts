import type { FastifyRequest } from "fastify";
import type { AuditTrail } from "../access/index.ts";
import { ClienteleError, type ErrorDetail } from "../kernel/index.ts";
import type { Sql } from "../storage/index.ts";

/** What can be connected. */
export type ConnectionKind = "source" | "destination" | "audience-sync";

/** Who changes a source or destination. */
export type Editor = {
  readonly actor: string;
  readonly via: "ui" | "api" | "cli" | "schedule";
  readonly requestId?: string;
};

/** The state that a change starts from; undefined = whatever it is. */
export type ExpectedEtag = number | undefined;

export type Audit = Pick<AuditTrail, "record">;

/**
 * Who edits in a request.
 *
 * @throws {ClienteleError} `access.forbidden` for a caller who is limited to some store views: connectors see all of them
 */
export function editorOf({ auth, id }: FastifyRequest): Editor {
  if (auth.storeViews !== null)
    throw new ClienteleError(
      "access.forbidden",
      "sources and destinations are managed by administrators of all store views",
    );
  return { actor: auth.actor, via: auth.kind === "session" ? "ui" : "api", requestId: id };
}

/** @throws {ClienteleError} `http.badRequest` for a header that is no etag of ours */
export function expectedEtag(request: FastifyRequest): ExpectedEtag {
  const header = request.headers["if-match"]?.trim();
  if (header === undefined || header === "*") return undefined;
  const match = /^(?:W\/)?"(\d{1,10})"$/.exec(header);
  if (!match) throw new ClienteleError("http.badRequest", 'If-Match must be an etag such as "3", or *');
  return Number(match[1]);
}

/** @throws {ClienteleError} `connectors.conflict` when somebody else changed it meanwhile */
export function assertEtag(current: { readonly etag: number; readonly key: string }, expected: ExpectedEtag): void {
  if (expected === undefined || expected === current.etag) return;
  throw new ClienteleError(
    "connectors.conflict",
    `${current.key} was changed meanwhile: it has etag ${current.etag}, not ${expected}`,
  );
}

/** @throws {ClienteleError} `connectors.invalid` with all faults */
export function assertValid(what: string, faults: readonly ErrorDetail[]): void {
  if (faults.length === 0) return;
  throw new ClienteleError("connectors.invalid", `${what} has ${faults.length} faults`, { details: faults });
}

/** Writes the audit entry of a change in its transaction; the images hold no secret. */
export function recordChange(
  audit: Audit,
  tx: Sql,
  editor: Editor,
  change: {
    readonly kind: ConnectionKind;
    readonly action: string;
    readonly id: string;
    readonly before: object | null;
    readonly after: object | null;
  },
): Promise<void> {
  return audit.record(tx, {
    actor: editor.actor,
    via: editor.via,
    action: `${change.kind}.${change.action}`,
    objectKind: change.kind,
    objectId: change.id,
    before: change.before,
    after: change.after,
    requestId: editor.requestId ?? null,
  });
}
