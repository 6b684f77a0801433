// What a preview is about: a stored version, a draft that nobody saved, or a draft over a stored version, as publishing it would leave it.
import { Type } from "typebox";
import { type Definitions, type LiveDefinition, windowOf } from "../../definitions/index.ts";
import { ClienteleError } from "../../kernel/index.ts";

const bound = Type.Union([Type.String({ maxLength: 40 }), Type.Null()]);

/** What names a stored version, a draft, or both. */
export const draftFields = {
  key: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: "Id or key of a stored one" })),
  version: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1, description: "Default: the newest, drafts too" }),
  ),
  draft: Type.Optional(
    Type.Object(
      {
        name: Type.Optional(Type.String({ maxLength: 200 })),
        body: Type.Optional(Type.Unknown({ description: "Takes the place of the stored body" })),
        scope: Type.Optional(
          Type.Object(
            {
              storeViews: Type.Union([
                Type.Null(),
                Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 1_000 }),
              ]),
            },
            { additionalProperties: false, description: "Default: that of the stored one, else everywhere" },
          ),
        ),
        schedule: Type.Optional(
          Type.Union(
            [
              Type.Null(),
              Type.Object(
                { from: bound, to: bound, timezone: Type.String({ maxLength: 60 }) },
                { additionalProperties: false },
              ),
            ],
            { description: "Default: that of the stored one, else always" },
          ),
        ),
      },
      { additionalProperties: false, description: "As it would be published" },
    ),
  ),
};

export type DraftRequest = {
  readonly key?: string;
  readonly version?: number;
  readonly draft?: {
    readonly name?: string;
    readonly body?: unknown;
    readonly scope?: LiveDefinition<unknown>["scope"];
    readonly schedule?: LiveDefinition<unknown>["schedule"];
  };
};

type Deps = {
  readonly definitions: Pick<Definitions, "find" | "version" | "faultsOf">;
  readonly now: () => number;
};

/** A definition of one kind as it would be live. @param kind of bodies `B` */
export function createDraftReader<B>(kind: string, { definitions, now }: Deps) {
  const storedOf = async (key: string, version?: number): Promise<LiveDefinition<B>> => {
    const found = await definitions.find(kind, key);
    const chosen = version === undefined ? found : await definitions.version(kind, key, version);
    return {
      ...{ id: found.id, kind, key: found.key, updatedAt: Date.parse(found.updatedAt) },
      ...{ name: chosen.name, version: chosen.version, scope: chosen.scope, schedule: chosen.schedule },
      window: windowOf(chosen.schedule),
      // Bodies are checked before they are stored.
      body: chosen.body as B,
    };
  };

  const unsaved = (): LiveDefinition<unknown> => ({
    ...{ id: "", kind, key: "", name: "Draft", version: 0, updatedAt: now() },
    ...{ scope: { storeViews: null }, schedule: null, window: windowOf(null), body: undefined },
  });

  return {
    storedOf,
    /** @throws {ClienteleError} `content.badDraft` for a draft that could not be saved */
    read: async ({ key, version, draft }: DraftRequest): Promise<LiveDefinition<B>> => {
      const stored = key === undefined ? unsaved() : await storedOf(key, version);
      // The body of a stored version is one; without it the check below refuses.
      if (draft === undefined && key !== undefined) return stored as LiveDefinition<B>;
      const { name = stored.name, body = stored.body, scope = stored.scope, schedule = stored.schedule } = draft ?? {};
      const faults = await definitions.faultsOf(kind, { key: stored.key || "draft", name, scope, schedule, body });
      if (faults.length > 0)
        throw new ClienteleError("content.badDraft", `the draft has ${faults.length} faults`, {
          details: faults.slice(0, 200),
        });
      // It fits the schema of this type.
      return { ...stored, name, scope, schedule, window: windowOf(schedule), body: body as B };
    },
  };
}
