import type { Postgres, Sql } from "../../storage/index.ts";
import type { ChatMessage, Variation, VariationFault, VariationRun } from "./variation.ts";

type RunRow = {
  readonly id: string;
  readonly block_key: string;
  readonly source_version: number;
  readonly field: string;
  readonly source_text: string;
  readonly audience_key: string | null;
  readonly audience_text: string;
  readonly store_views: readonly string[] | null;
  readonly locale: string;
  readonly instructions: string;
  readonly wanted: number;
  readonly status: VariationRun["status"];
  readonly prompt: readonly ChatMessage[] | null;
  readonly model: string | null;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly brand_rules: readonly string[];
  readonly created_at: Date;
  readonly created_by: string;
  readonly finished_at: Date | null;
};
type VariationRow = {
  readonly id: string;
  readonly run_id: string;
  readonly position: number;
  readonly content: string;
  readonly origin: Variation["origin"];
  readonly original_content: string | null;
  readonly state: Variation["state"];
  readonly faults: readonly VariationFault[];
  readonly note: string;
  readonly etag: number;
  readonly applied_version: number | null;
  readonly created_at: Date;
  readonly created_by: string;
  readonly changed_at: Date;
  readonly changed_by: string;
};

const runColumns = `r.id, r.block_key, r.source_version, r.field, r.source_text, r.audience_key, r.audience_text, r.store_views, r.locale,
  r.instructions, r.wanted, r.status, r.prompt, r.model, r.prompt_tokens, r.completion_tokens, r.error_code, r.error_message, r.brand_rules,
  r.created_at, r.created_by, r.finished_at`;
const columns = `v.id, v.run_id, v.position, v.content, v.origin, v.original_content, v.state, v.faults, v.note, v.etag, v.applied_version,
  v.created_at, v.created_by, v.changed_at, v.changed_by`;

function toRun(row: RunRow): VariationRun {
  return {
    id: row.id,
    blockKey: row.block_key,
    sourceVersion: row.source_version,
    field: row.field,
    sourceText: row.source_text,
    audienceKey: row.audience_key,
    audienceText: row.audience_text,
    storeViews: row.store_views,
    locale: row.locale,
    instructions: row.instructions,
    wanted: row.wanted,
    status: row.status,
    prompt: row.prompt,
    model: row.model,
    promptTokens: row.prompt_tokens,
    completionTokens: row.completion_tokens,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    brandRules: row.brand_rules,
    createdAt: row.created_at.getTime(),
    createdBy: row.created_by,
    finishedAt: row.finished_at?.getTime() ?? null,
  };
}

function toVariation(row: VariationRow): Variation {
  return {
    id: row.id,
    runId: row.run_id,
    position: row.position,
    content: row.content,
    origin: row.origin,
    originalContent: row.original_content,
    state: row.state,
    faults: row.faults,
    note: row.note,
    etag: row.etag,
    appliedVersion: row.applied_version,
    createdAt: row.created_at.getTime(),
    createdBy: row.created_by,
    changedAt: row.changed_at.getTime(),
    changedBy: row.changed_by,
  };
}

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
const json = (value: unknown) => (value === null ? null : JSON.stringify(value));

export type RunFilter = { readonly block?: string | undefined; readonly state?: Variation["state"] | undefined };

/** All PostgreSQL of the variations. */
export function createVariationStore(postgres: Postgres) {
  return {
    transaction: <T>(work: (tx: Sql) => Promise<T>): Promise<T> => postgres.transaction(work),

    insertRun: async (tx: Sql, run: VariationRun): Promise<void> => {
      await tx.query(
        `insert into content_variation_runs (id, block_key, source_version, field, source_text, audience_key, audience_text, store_views, locale,
           instructions, wanted, status, prompt, model, brand_rules, created_at, created_by, finished_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13::jsonb, $14, $15::jsonb, $16, $17, $18)`,
        [
          run.id,
          run.blockKey,
          run.sourceVersion,
          run.field,
          run.sourceText,
          run.audienceKey,
          run.audienceText,
          json(run.storeViews),
          run.locale,
          run.instructions,
          run.wanted,
          run.status,
          json(run.prompt),
          run.model,
          json(run.brandRules),
          iso(run.createdAt),
          run.createdBy,
          iso(run.finishedAt),
        ],
      );
    },

    /** Ends a run that is under way. @returns false when it was ended already */
    finishRun: async (
      tx: Sql,
      id: string,
      end: Pick<
        VariationRun,
        "model" | "promptTokens" | "completionTokens" | "errorCode" | "errorMessage" | "finishedAt"
      >,
    ): Promise<boolean> => {
      const { rowCount } = await tx.query(
        `update content_variation_runs set status = case when $5::text is null then 'done' else 'failed' end, model = coalesce($2, model),
           prompt_tokens = $3, completion_tokens = $4, error_code = $5, error_message = $6, finished_at = $7
         where content_variation_runs.id = $1 and content_variation_runs.status = 'running'`,
        [id, end.model, end.promptTokens, end.completionTokens, end.errorCode, end.errorMessage, iso(end.finishedAt)],
      );
      return rowCount === 1;
    },

    /** Runs whose process died. @returns how many */
    failAbandoned: async (beforeMs: number, nowMs: number): Promise<number> => {
      const { rowCount } = await postgres.query(
        `update content_variation_runs set status = 'failed', error_code = 'content.modelUnavailable', error_message = 'the process ended before the answer', finished_at = $2
         where content_variation_runs.status = 'running' and content_variation_runs.created_at < $1`,
        [iso(beforeMs), iso(nowMs)],
      );
      return rowCount;
    },

    insertVariations: async (tx: Sql, variations: readonly Variation[]): Promise<void> => {
      for (const each of variations)
        await tx.query(
          `insert into content_variations (id, run_id, position, content, origin, original_content, state, faults, note, etag, applied_version,
             created_at, created_by, changed_at, changed_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13, $12, $13)`,
          [
            each.id,
            each.runId,
            each.position,
            each.content,
            each.origin,
            each.originalContent,
            each.state,
            json(each.faults),
            each.note,
            each.etag,
            each.appliedVersion,
            iso(each.createdAt),
            each.createdBy,
          ],
        );
    },

    run: async (id: string): Promise<VariationRun | undefined> => {
      const { rows } = await postgres.query<RunRow>(
        `select ${runColumns} from content_variation_runs r where r.id = $1`,
        [id],
      );
      return rows[0] && toRun(rows[0]);
    },

    /** Newest first. */
    runs: async (
      filter: RunFilter,
      limit: number,
      after: { readonly at: number; readonly id: string } | null,
    ): Promise<readonly VariationRun[]> => {
      const { rows } = await postgres.query<RunRow>(
        `select ${runColumns} from content_variation_runs r
         where ($1::text is null or r.block_key = $1)
           and ($2::text is null or exists (select 1 from content_variations v where v.run_id = r.id and v.state = $2))
           and ($3::timestamptz is null or (r.created_at, r.id) < ($3::timestamptz, $4::uuid))
         order by r.created_at desc, r.id desc limit $5`,
        [filter.block ?? null, filter.state ?? null, after ? iso(after.at) : null, after?.id ?? null, limit],
      );
      return rows.map(toRun);
    },

    variations: async (runId: string): Promise<readonly Variation[]> => {
      const { rows } = await postgres.query<VariationRow>(
        `select ${columns} from content_variations v where v.run_id = $1 order by v.position`,
        [runId],
      );
      return rows.map(toVariation);
    },
    /** Locks one until the transaction ends. */
    lock: async (tx: Sql, id: string): Promise<Variation | undefined> => {
      const { rows } = await tx.query<VariationRow>(
        `select ${columns} from content_variations v where v.id = $1 for update`,
        [id],
      );
      return rows[0] && toVariation(rows[0]);
    },
    update: async (tx: Sql, each: Variation): Promise<void> => {
      await tx.query(
        `update content_variations set content = $2, origin = $3, original_content = $4, state = $5, faults = $6::jsonb, note = $7, etag = $8,
           applied_version = $9, changed_at = $10, changed_by = $11 where content_variations.id = $1`,
        [
          each.id,
          each.content,
          each.origin,
          each.originalContent,
          each.state,
          json(each.faults),
          each.note,
          each.etag,
          each.appliedVersion,
          iso(each.changedAt),
          each.changedBy,
        ],
      );
    },
  };
}

export type VariationStore = ReturnType<typeof createVariationStore>;
