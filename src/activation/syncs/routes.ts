import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import {
  connectionJson,
  connectionParams,
  createConnectionRoutes,
  editorOf,
  expectedEtag,
} from "../../connectors/index.ts";
import { errorResponses, pageQuerySchema, pageSchema } from "../../http/index.ts";
import { decodeTimeCursor, toPage } from "../../kernel/index.ts";
import type { AudienceSyncs } from "./create-audience-syncs.ts";
import type { SyncChange, SyncView } from "./manage-syncs.ts";
import type { Run } from "./runs-store.ts";
import {
  changeSyncSchema,
  deadLetterSchema,
  newSyncSchema,
  replacedSyncSchema,
  runSchema,
  type SyncConfigInput,
  syncSchema,
} from "./schemas.ts";
import type { SyncState } from "./sync.ts";

const path = "/v1/audience-syncs";
const one = `${path}/:idOrKey`;
const tag = "Audience syncs";
const tags = [tag];
const config = { access: "admin" } as const;
const params = connectionParams;
const letterParams = Type.Object({ idOrKey: Type.String({ maxLength: 100 }), letter: Type.String({ format: "uuid" }) });
const replaySchema = Type.Object({ replayed: Type.Integer({ description: "Changes that will be told again" }) });

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

function healthOf(status: "active" | "paused", state: SyncState) {
  if (status === "paused") return state.pausedBecause === null ? ("paused" as const) : ("stopped" as const);
  if (state.failures > 0) return "failing" as const;
  return state.sweep === null ? ("ok" as const) : ("syncing" as const);
}

function runJson({ startedAt, finishedAt, ...run }: Run) {
  return { ...run, started: iso(startedAt) ?? "", finished: iso(finishedAt) };
}

/** The HTTP API of audience syncs; for administrators: a sync carries persons out. */
export function createAudienceSyncRoutes(syncs: AudienceSyncs): FastifyPluginAsyncTypebox {
  const { manager } = syncs;
  const toJson = ({ state, sealed: _sealed, ...sync }: SyncView) => {
    const { failingSince, nextAttemptAt, lastDeliveredAt, sweptAt, sweep, ...rest } = state;
    const known = syncs.nameOf(sync.config.audience);
    return {
      ...sync,
      ...connectionJson(sync),
      audience: { id: sync.config.audience, key: known?.key ?? null, name: known?.name ?? null },
      state: {
        ...rest,
        health: healthOf(sync.status, state),
        failingSince: iso(failingSince),
        nextAttemptAt: iso(nextAttemptAt),
        lastDeliveredAt: iso(lastDeliveredAt),
        sweptAt: iso(sweptAt),
        sweep: sweep && { kind: sweep.kind, runId: sweep.runId, done: sweep.done, total: sweep.total },
      },
    };
  };
  return async (app) => {
    await app.register(
      createConnectionRoutes<SyncConfigInput, SyncChange, SyncView>({
        path,
        tag,
        manager,
        schemas: { made: newSyncSchema, change: changeSyncSchema, shown: syncSchema },
        toJson,
        summaries: {
          list: "List audience syncs by key",
          create: "Make an audience sync; it begins with a full copy",
          read: "Read an audience sync and how far it is",
          change: "Change parts of an audience sync; what differs afterwards is told",
          pause: "Stop telling",
          resume: "Go on: everybody is looked at, and what differs is told",
          remove: "Remove an audience sync; the copy in the other system stays as it is",
        },
      }),
    );

    app.put(
      one,
      {
        config,
        schema: {
          tags,
          summary: "Replace the name and configuration of an audience sync; secrets that are not named stay",
          params,
          body: replacedSyncSchema,
          response: { 200: syncSchema, ...errorResponses() },
        },
      },
      async (request, reply) => {
        const { idOrKey } = request.params;
        const changed = await manager.update(idOrKey, request.body, expectedEtag(request), editorOf(request));
        reply.header("etag", `"${changed.etag}"`);
        return toJson(changed);
      },
    );

    app.post(
      `${one}/resync`,
      {
        config,
        schema: {
          tags,
          summary: "Tell everything again, as a full copy; `state.sweep` shows how far it is",
          params,
          response: { 202: syncSchema, ...errorResponses() },
        },
      },
      async (request, reply) => {
        const { id } = await syncs.resync(request.params.idOrKey, editorOf(request));
        return reply.code(202).send(toJson(await manager.get(id)));
      },
    );

    app.get(
      `${one}/counts`,
      {
        config,
        schema: {
          tags,
          summary: "What the other system has, as far as it was told, and what waits",
          params,
          response: {
            200: Type.Object({
              members: Type.Integer({ description: "Identifiers that were told and belong there" }),
              gone: Type.Integer({ description: "Identifiers of erased persons whose exit waits" }),
              waiting: Type.Integer({ description: "Profiles that wait to be looked at" }),
            }),
            ...errorResponses(),
          },
        },
      },
      async (request) => syncs.countsOf(await manager.find(request.params.idOrKey)),
    );

    app.get(
      `${one}/runs`,
      {
        config,
        schema: {
          tags,
          summary: "What an audience sync did, newest first",
          params,
          querystring: Type.Object(pageQuerySchema),
          response: { 200: pageSchema(runSchema), ...errorResponses() },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const { id } = await manager.find(request.params.idOrKey);
        const rows = await syncs.runs.list(id, cursor === undefined ? null : decodeTimeCursor(cursor), limit + 1);
        const page = toPage(rows, limit, (run) => [run.startedAt, run.id]);
        return { ...page, items: page.items.map(runJson) };
      },
    );

    app.get(
      `${one}/dead-letters`,
      {
        config,
        schema: {
          tags,
          summary: "Changes that the other system refused, newest first",
          params,
          querystring: Type.Object(pageQuerySchema),
          response: { 200: pageSchema(deadLetterSchema), ...errorResponses() },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const { id } = await manager.find(request.params.idOrKey);
        const rows = await syncs.letters(id, cursor === undefined ? null : decodeTimeCursor(cursor), limit + 1);
        const page = toPage(rows, limit, (letter) => [letter.at, letter.id]);
        return { ...page, items: page.items.map((letter) => ({ ...letter, at: iso(letter.at) ?? "" })) };
      },
    );

    const replay = { config, schema: { tags, response: { 200: replaySchema, ...errorResponses() } } };
    app.post(
      `${one}/dead-letters/replay`,
      { ...replay, schema: { ...replay.schema, summary: "Tell the oldest 1,000 refused changes again", params } },
      async (request) => ({ replayed: await syncs.replay(await manager.find(request.params.idOrKey)) }),
    );
    app.post(
      `${one}/dead-letters/:letter/replay`,
      { ...replay, schema: { ...replay.schema, summary: "Tell a refused change again", params: letterParams } },
      async (request) => ({
        replayed: await syncs.replay(await manager.find(request.params.idOrKey), request.params.letter),
      }),
    );
  };
}
