import type { AuditTrail } from "../../access/index.ts";
import {
  ClienteleError,
  decodeTimeCursor,
  isObject,
  type JsonObject,
  type Logger,
  type Page,
  toPage,
} from "../../kernel/index.ts";
import { createTurnstile } from "../turnstile.ts";
import { applyVariation, textAt } from "./block-text.ts";
import { rulesFor } from "./brand-rules.ts";
import { buildPrompt, holdsPersonalData } from "./build-prompt.ts";
import type { Model } from "./model-client.ts";
import {
  createPreparing,
  type PrepareDeps,
  type RunRequest,
  type SourceBlock,
  type VariationEditor,
} from "./prepare-run.ts";
import { readVariants } from "./read-answer.ts";
import type { RunFilter, VariationStore } from "./store.ts";
import { maxVariants, type Variation, type VariationRun } from "./variation.ts";

export type VariationsDeps = PrepareDeps & {
  readonly store: VariationStore;
  /** Undefined = none is configured. */
  readonly model: Model | undefined;
  /** Saves a body as the draft of a block, never as its live version. @returns the version */
  readonly saveDraft: (block: SourceBlock, body: JsonObject, note: string, editor: VariationEditor) => Promise<number>;
  readonly audit: Pick<AuditTrail, "record">;
  readonly logger: Logger;
};

export type GenerateRequest = RunRequest & {
  /** One run for each; null = everybody. */
  readonly audiences: readonly (string | null)[];
  readonly count: number;
  readonly instructions: string;
};
export type ManualRequest = RunRequest & { readonly audience: string | null; readonly texts: readonly string[] };

const maxUnderWay = 20;
const atOnce = 2;
/** Longer than all that may wait take together: ten turns of three attempts of two minutes. */
const abandonedMs = 2 * 3_600_000;

function notFound(what: string, id: string): ClienteleError {
  return new ClienteleError("content.variationNotFound", `there is no ${what} ${id}`);
}

/** Variants of block texts: generated or written, checked, reviewed, and put into drafts. Nothing here publishes anything. */
export function createVariations(deps: VariationsDeps) {
  const { store, model, audit, clock, logger } = deps;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  // Never refuses: how many may wait is decided before a run is stored.
  const inTurn = createTurnstile(atOnce, maxUnderWay, () => new Error("more runs than may wait"));

  const record = (
    tx: Parameters<AuditTrail["record"]>[0],
    editor: VariationEditor,
    action: string,
    id: string,
    before: object | null,
    after: object,
  ) =>
    audit.record(tx, {
      actor: editor.actor,
      via: editor.via,
      action: `contentVariation.${action}`,
      objectKind: "content-variation",
      objectId: id,
      before,
      after,
      requestId: editor.requestId ?? null,
    });

  const { faultsOf, newVariation, readSource, newRun } = createPreparing(deps);

  const askModel = async (run: VariationRun, asked: Model): Promise<void> => {
    const finish = { promptTokens: null, completionTokens: null, errorCode: null, errorMessage: null };
    try {
      const answer = await asked.ask(run.prompt ?? [], stopping.signal);
      const texts = readVariants(answer.text, run.wanted);
      if (texts.length === 0)
        throw new ClienteleError("content.modelAnswer", "the answer of the model holds no variants");
      const variations = texts.map((text, index) => newVariation(run, index, text, "model", run.createdBy));
      await store.transaction(async (tx) => {
        const { model: name, promptTokens, completionTokens } = answer;
        const end = { ...finish, model: name, promptTokens, completionTokens, finishedAt: clock.now() };
        if (await store.finishRun(tx, run.id, end)) await store.insertVariations(tx, variations);
      });
    } catch (error) {
      const isKnown = error instanceof ClienteleError;
      if (!isKnown && !stopping.signal.aborted) logger.error({ err: error, run: run.id }, "variants failed");
      const errorCode = isKnown ? error.code : "content.modelUnavailable";
      const errorMessage = isKnown ? error.message : "the run was ended before the answer";
      await store.transaction(async (tx) => {
        await store.finishRun(tx, run.id, { ...finish, model: null, errorCode, errorMessage, finishedAt: clock.now() });
      });
    }
  };

  const begin = (run: VariationRun, asked: Model): void => {
    const work = inTurn(() => askModel(run, asked))
      .catch((error: unknown) => logger.error({ err: error, run: run.id }, "the end of a run was not stored"))
      .finally(() => underWay.delete(work));
    underWay.add(work);
  };

  const getRun = async (id: string): Promise<VariationRun> => {
    const run = await store.run(id);
    if (!run) throw notFound("run", id);
    return run;
  };

  /** Changes one variant in the state that the step needs. */
  const step = async (
    runId: string,
    id: string,
    action: string,
    from: readonly Variation["state"][],
    editor: VariationEditor,
    apply: (variation: Variation) => Partial<Variation>,
  ): Promise<Variation> =>
    store.transaction(async (tx) => {
      const before = await store.lock(tx, id);
      if (!before || before.runId !== runId) throw notFound("variant", id);
      if (!from.includes(before.state))
        throw new ClienteleError(
          "content.variationState",
          `the variant is ${before.state}; ${action} needs one that is ${from.join(" or ")}`,
        );
      const by = { changedAt: clock.now(), changedBy: editor.actor, etag: before.etag + 1 };
      const after = { ...before, ...apply(before), ...by };
      await store.update(tx, after);
      const imageOf = ({ state, content, note }: Variation) => ({ state, content, note });
      await record(tx, editor, action, id, imageOf(before), imageOf(after));
      return after;
    });

  return {
    /** Name of the language model; undefined = none, and only variants by hand are possible. */
    modelName: model?.name,

    /**
     * Begins one run for each audience; ask `get` for the variants.
     *
     * @throws {ClienteleError} `content.noModel`, `content.variationSource`, `content.personalData`, `content.variationsBusy`
     */
    generate: async (request: GenerateRequest, editor: VariationEditor): Promise<readonly VariationRun[]> => {
      if (!model)
        throw new ClienteleError(
          "content.noModel",
          "no language model is configured (CLIENTELE_MODEL_URL, CLIENTELE_MODEL_NAME); variants can be written by hand",
        );
      if (underWay.size + request.audiences.length > maxUnderWay)
        throw new ClienteleError("content.variationsBusy", "too many runs wait for the model", {
          retryAfterSeconds: 30,
        });
      const source = await readSource(request);
      const { instructions } = request;
      const rest = { instructions, wanted: Math.min(request.count, maxVariants), status: "running" } as const;
      const rules = rulesFor(deps.liveRules(), request.locale).map(({ body }) => body);
      const runs: VariationRun[] = [];
      for (const audienceKey of new Set(request.audiences)) {
        const run = await newRun(request, source, audienceKey, rest, editor);
        if ([run.audienceText, run.instructions, run.sourceText].some(holdsPersonalData))
          throw new ClienteleError(
            "content.personalData",
            "the text, the instructions or the description of the audience holds an e-mail address or a number of a person",
          );
        runs.push({ ...run, model: model.name, prompt: buildPrompt({ ...run, rules }) });
      }
      await store.transaction(async (tx) => {
        for (const run of runs) {
          await store.insertRun(tx, run);
          const { blockKey, field, audienceKey, wanted } = run;
          await record(tx, editor, "generate", run.id, null, {
            blockKey,
            field,
            audienceKey,
            wanted,
            model: run.model,
          });
        }
      });
      for (const run of runs) begin(run, model);
      return runs;
    },

    /** Stores variants that a person wrote; they are checked and reviewed like all others. */
    addManual: async (request: ManualRequest, editor: VariationEditor): Promise<VariationRun> => {
      const source = await readSource(request);
      const rest = { instructions: "", wanted: request.texts.length, status: "done" } as const;
      const run = await newRun(request, source, request.audience, rest, editor);
      const variations = request.texts.map((text, index) => newVariation(run, index, text, "manual", editor.actor));
      await store.transaction(async (tx) => {
        await store.insertRun(tx, run);
        await store.insertVariations(tx, variations);
        const { blockKey, field, audienceKey, wanted } = run;
        await record(tx, editor, "write", run.id, null, { blockKey, field, audienceKey, wanted });
      });
      return run;
    },

    list: async (
      filter: RunFilter,
      { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
    ): Promise<Page<VariationRun>> => {
      const rows = await store.runs(filter, limit + 1, cursor === undefined ? null : decodeTimeCursor(cursor));
      return toPage(rows, limit, (run) => [run.createdAt, run.id]);
    },
    /** A run with its variants, and whether the block's text is another by now. */
    get: async (id: string) => {
      const run = await getRun(id);
      const block = await deps.findBlock(run.blockKey).catch((error: unknown) => {
        if (error instanceof ClienteleError && error.code === "definitions.notFound") return undefined;
        throw error;
      });
      return {
        run,
        variations: await store.variations(id),
        isSourceChanged: block === undefined || textAt(block.body, run.field) !== run.sourceText,
      };
    },

    /** Changes the text of a variant that is not applied; it is proposed again. */
    edit: async (runId: string, id: string, content: string, editor: VariationEditor): Promise<Variation> => {
      const run = await getRun(runId);
      return step(runId, id, "edit", ["proposed", "accepted", "rejected"], editor, (variation) => ({
        content,
        faults: faultsOf(run, content),
        state: "proposed",
        ...(variation.origin === "model" ? { origin: "edited", originalContent: variation.content } : {}),
      }));
    },

    /** @throws {ClienteleError} `content.brandRules` when an error speaks against the text, by the rules of now */
    accept: async (runId: string, id: string, note: string, editor: VariationEditor): Promise<Variation> => {
      const run = await getRun(runId);
      return step(runId, id, "accept", ["proposed", "rejected"], editor, ({ content }) => {
        const faults = faultsOf(run, content);
        const errors = faults.filter(({ severity }) => severity === "error");
        if (errors.length > 0)
          throw new ClienteleError("content.brandRules", `${errors.length} rules speak against the text`, {
            details: errors.map(({ code, message }) => ({ path: "/content", code: `content.${code}`, message })),
          });
        return { state: "accepted", note, faults };
      });
    },
    reject: (runId: string, id: string, note: string, editor: VariationEditor): Promise<Variation> =>
      step(runId, id, "reject", ["proposed", "accepted"], editor, () => ({ state: "rejected", note })),

    /**
     * Puts an accepted variant into the draft of its block: for its audience as the first variant, for everybody as the default
     * content. What is live stays until somebody publishes the block. May be repeated.
     *
     * @throws {ClienteleError} `content.variationState` when it was not accepted, `content.variationSource` when the block lost the text
     */
    apply: async (runId: string, id: string, editor: VariationEditor): Promise<Variation> => {
      const run = await getRun(runId);
      const variation = (await store.variations(runId)).find((each) => each.id === id);
      if (!variation) throw notFound("variant", id);
      if (variation.state !== "accepted" && variation.state !== "applied")
        throw new ClienteleError("content.variationState", `the variant is ${variation.state}; accept it first`);
      const block = await deps.findBlock(run.blockKey);
      if (!isObject(block.body) || textAt(block.body, run.field) === undefined)
        throw new ClienteleError(
          "content.variationSource",
          `the block ${run.blockKey} has no text at ${run.field} any more`,
        );
      // The body of a definition is JSON by construction.
      const body = applyVariation(block.body as JsonObject, run, variation);
      const version = await deps.saveDraft(block, body, `Variant ${variation.id} of run ${run.id}`, editor);
      return step(runId, id, "apply", ["accepted", "applied"], editor, (locked) => {
        // Somebody changed the text while the draft was saved: the draft holds the reviewed one, this one is not it.
        if (locked.content !== variation.content)
          throw new ClienteleError(
            "content.variationState",
            "the text was changed meanwhile; review it and apply again",
          );
        return { state: "applied", appliedVersion: version };
      });
    },

    /** Ends runs whose process died; for a job that comes back every minute. */
    maintain: async (): Promise<void> => {
      await store.failAbandoned(clock.now() - abandonedMs, clock.now());
    },
    /** Everything that was begun has ended. */
    settled: async (): Promise<void> => void (await Promise.all(underWay)),
    stop: async (): Promise<void> => {
      stopping.abort(new Error("the program stops"));
      await Promise.all(underWay);
    },
  };
}

export type Variations = ReturnType<typeof createVariations>;
