import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { AuditTrail } from "../../access/index.ts";
import { ClienteleError, type Logger } from "../../kernel/index.ts";
import { type ExportFormat, exportFormats, readColumns } from "./columns.ts";
import { type ExportCounts, type ExportDeps, exportMembers, type NeededConsent } from "./export-members.ts";

export type ExportRouteDeps = ExportDeps & {
  /** A live audience by id or key. @throws {ClienteleError} `audiences.notFound` */
  readonly find: (reference: string) => { readonly id: string; readonly key: string };
  readonly audit: AuditTrail;
  readonly logger: Logger;
};

/** Each holds a page of profiles; more would slow the event path down. */
const maxRunning = 4;
const retryAfterSeconds = 30;
const maxConsents = 10;
const consentName = /^[a-z][a-z0-9_.-]{0,63}(:[a-z][a-z0-9_.-]{0,63})?$/;
/** What leaves for advertising needs that consent unless the caller names another. */
const defaultConsent: Readonly<Record<ExportFormat, string>> = {
  plain: "marketing",
  meta: "advertising",
  google: "advertising",
};

/** @throws {ClienteleError} `activation.badConsent` */
export function readConsents(text: string): readonly NeededConsent[] {
  const names = [...new Set(text.split(",").map((each) => each.trim()))];
  if (names.length > maxConsents || !names.every((each) => consentName.test(each)))
    throw new ClienteleError(
      "activation.badConsent",
      `consent is at most ${maxConsents} names such as marketing or marketing:email, separated by commas`,
    );
  return names.map((each): NeededConsent => {
    const [category = "", channel] = each.split(":");
    return channel === undefined ? { category } : { category, channel };
  });
}

const textOf = (format: ExportFormat) => Type.Literal(format);

/** The members of an audience as a file. */
export function createExportRoutes(deps: ExportRouteDeps): FastifyPluginAsyncTypebox {
  const { audit, clock, logger } = deps;
  let running = 0;

  const entry = ({ auth, id }: FastifyRequest, action: string, audienceId: string, after: object) => ({
    atMs: clock.now(),
    actor: auth.actor,
    via: auth.kind === "session" ? ("ui" as const) : ("api" as const),
    action,
    objectKind: "audience",
    objectId: audienceId,
    before: null,
    after,
    requestId: id,
  });

  /** Counts and records the end, however it comes: at the last line, by an error, or by a reader who went away. */
  const watchEnd = (stream: Readable, request: FastifyRequest, audienceId: string, counts: ExportCounts): void => {
    stream.once("close", () => {
      running -= 1;
      const after = { ...counts, isComplete: stream.readableEnded };
      audit.recordPast([entry(request, "audience.exported", audienceId, after)]).catch((error: unknown) => {
        // That it began is recorded; the file has left.
        logger.error({ err: error, audienceId }, "the end of an export is missing in the audit log");
      });
    });
  };

  return async (app) => {
    app.get(
      "/v1/audiences/:id/export.csv",
      {
        config: { access: "personal-data" },
        schema: {
          tags: ["Audiences"],
          summary: "Members with consent as CSV, streamed; suppressed and erased persons are never in it",
          params: Type.Object({ id: Type.String({ maxLength: 200, description: "Id or key" }) }),
          querystring: Type.Object({
            hash: Type.Optional(
              Type.Union(exportFormats.map(textOf), {
                description: "plain (default), or hashed and named as meta or google take it",
              }),
            ),
            columns: Type.Optional(
              Type.String({
                minLength: 1,
                maxLength: 5_000,
                description: "e.g. email,first_name,identifier.customer_id:erp,trait.orders_count,since",
              }),
            ),
            consent: Type.Optional(
              Type.String({
                minLength: 1,
                maxLength: 1_000,
                description:
                  "category or category:channel, all of them; default marketing, for meta and google advertising",
              }),
            ),
          }),
        },
      },
      async (request, reply) => {
        const { hash = "plain", columns, consent = defaultConsent[hash] } = request.query;
        const { id: audienceId, key: audienceKey } = deps.find(request.params.id);
        const what = { audienceId, audienceKey, table: readColumns(hash, columns), consents: readConsents(consent) };
        if (running >= maxRunning)
          throw new ClienteleError("activation.exportsBusy", `${maxRunning} exports run already`, {
            retryAfterSeconds,
          });
        running += 1;
        try {
          // Before the first byte: what cannot be recorded does not leave.
          const about = { format: hash, columns: what.table.columns.map(({ heading }) => heading), consent };
          await audit.recordPast([entry(request, "audience.export", audienceId, about)]);
        } catch (error) {
          running -= 1;
          throw error;
        }
        const counts: ExportCounts = { members: 0, written: 0, withheld: 0, unmatched: 0 };
        const stream = Readable.from(exportMembers(deps, what, counts), { objectMode: false });
        watchEnd(stream, request, audienceId, counts);
        return reply
          .header("content-type", "text/csv; charset=utf-8; header=present")
          .header("content-disposition", `attachment; filename="${audienceKey}-${hash}.csv"`)
          .header("cache-control", "no-store")
          .header("x-content-type-options", "nosniff")
          .send(stream);
      },
    );
  };
}
