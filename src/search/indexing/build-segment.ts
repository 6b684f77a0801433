import { type Analyzer, foldText, hasDigit, joinLettersAndDigits } from "../analysis/analysis.ts";
import { packName } from "../analysis/name-key.ts";
import type { FacetValues } from "../facets/facet-values.ts";
import type { IndexDocument } from "./index-document.ts";
import { buildSkuSlots, type Segment, writeForward } from "./segment.ts";
import { createTermDictionary } from "./term-dictionary.ts";
import type { TermProfiles } from "./term-profiles.ts";

/** What all segments of one index share. */
export type IndexParts = {
  readonly analyzer: Analyzer;
  readonly profiles: TermProfiles;
  readonly values: FacetValues;
  readonly fieldCount: number;
};

const maxLength = 65_535;

/** Terms of a product code: the whole without separators, and its pieces that can only be codes (`mb01` of `24-MB01`). */
export function codeTerms(code: string, emit: (term: string) => void): void {
  const joined = joinLettersAndDigits(code);
  if (joined === "") return;
  emit(joined);
  for (const piece of foldText(code).match(/[\p{L}\p{N}]+/gu) ?? []) {
    if (piece !== joined && piece.length > 2 && hasDigit(piece)) emit(piece);
  }
}

/** Collects postings of documents in document order; `build` turns them round. */
class PostingCollector {
  readonly #idByTerm = new Map<string, number>();
  #terms: Uint32Array = new Uint32Array(1 << 14);
  #profiles: Uint16Array = new Uint16Array(1 << 14);
  #count = 0;
  #documentStart = 0;
  readonly #starts: number[] = [0];
  /** Where the term lies in the document at hand; stale values are recognised by their place. */
  #placeByTerm: Uint32Array = new Uint32Array(1 << 12);

  /** Number of the posting of `term` in the document at hand; made when new. */
  posting(term: string): number {
    let id = this.#idByTerm.get(term);
    if (id === undefined) {
      id = this.#idByTerm.size;
      this.#idByTerm.set(term, id);
      if (id === this.#placeByTerm.length) {
        const wider = new Uint32Array(id * 2);
        wider.set(this.#placeByTerm);
        this.#placeByTerm = wider;
      }
    }
    const place = this.#placeByTerm[id] ?? 0;
    if (place >= this.#documentStart && place < this.#count && this.#terms[place] === id) return place;
    if (this.#count === this.#terms.length) this.#grow();
    const made = this.#count;
    this.#count += 1;
    this.#terms[made] = id;
    this.#profiles[made] = 0;
    this.#placeByTerm[id] = made;
    return made;
  }

  profile(posting: number): number {
    return this.#profiles[posting] ?? 0;
  }

  setProfile(posting: number, profile: number): void {
    this.#profiles[posting] = profile;
  }

  endDocument(): void {
    this.#documentStart = this.#count;
    this.#starts.push(this.#count);
  }

  #grow(): void {
    const terms = new Uint32Array(this.#count * 2);
    const profiles = new Uint16Array(this.#count * 2);
    terms.set(this.#terms);
    profiles.set(this.#profiles);
    this.#terms = terms;
    this.#profiles = profiles;
  }

  /** Sorts the terms and lays the postings out by term, and forward by document. */
  finish() {
    const sorted = [...this.#idByTerm.keys()].sort();
    const rankById = new Uint32Array(sorted.length);
    for (const [rank, term] of sorted.entries()) rankById[this.#idByTerm.get(term) ?? 0] = rank;
    const postingStarts = new Uint32Array(sorted.length + 1);
    for (let at = 0; at < this.#count; at += 1) {
      const rank = rankById[this.#terms[at] ?? 0] ?? 0;
      this.#terms[at] = rank;
      postingStarts[rank + 1] = (postingStarts[rank + 1] ?? 0) + 1;
    }
    for (let rank = 0; rank < sorted.length; rank += 1)
      postingStarts[rank + 1] = (postingStarts[rank + 1] ?? 0) + (postingStarts[rank] ?? 0);
    const next = postingStarts.slice(0, sorted.length);
    const postingDocs = new Uint32Array(this.#count);
    const postingProfiles = new Uint16Array(this.#count);
    const size = this.#starts.length - 1;
    const forwardStarts = new Uint32Array(size + 1);
    const forward = new Uint8Array(this.#count * 5);
    let end = 0;
    for (let doc = 0; doc < size; doc += 1) {
      const from = this.#starts[doc] ?? 0;
      const to = this.#starts[doc + 1] ?? 0;
      for (let at = from; at < to; at += 1) {
        const rank = this.#terms[at] ?? 0;
        const place = next[rank] ?? 0;
        next[rank] = place + 1;
        postingDocs[place] = doc;
        postingProfiles[place] = this.#profiles[at] ?? 0;
      }
      const own = this.#terms.subarray(from, to).sort();
      end = writeForward(own, own.length, forward, end);
      forwardStarts[doc + 1] = end;
    }
    return {
      terms: createTermDictionary(sorted),
      postingStarts,
      postingDocs,
      postingProfiles,
      forwardStarts,
      forwardBytes: forward.slice(0, end),
    };
  }
}

export type SegmentBuilder = {
  readonly add: (document: IndexDocument) => void;
  readonly size: () => number;
  /** Ends the builder: call once. */
  readonly build: () => Segment;
};

/** Indexes up to some ten thousand documents into one segment. */
export function createSegmentBuilder(parts: IndexParts): SegmentBuilder {
  const { analyzer, profiles, values, fieldCount } = parts;
  const postings = new PostingCollector();
  const lengths: number[][] = Array.from({ length: fieldCount }, () => []);
  const valueStarts: number[] = [0];
  const valueIds: number[] = [];
  const skus: string[] = [];
  const prices: number[] = [];
  const ratings: number[] = [];
  const createdAt: number[] = [];
  const nameKeys: number[] = [];
  const flags: number[] = [];

  function count(field: number, once: boolean) {
    return (term: string) => {
      const posting = postings.posting(term);
      const profile = postings.profile(posting);
      if (once && profiles.lastField(profile) === field) return;
      postings.setProfile(posting, profiles.next(profile, field));
    };
  }
  const repeated = Array.from({ length: fieldCount }, (_, field) => count(field, false));
  const once = Array.from({ length: fieldCount }, (_, field) => count(field, true));

  return {
    size: () => skus.length,
    add(document) {
      const doc = skus.length;
      for (const { field, text, kind } of document.texts) {
        const emit = (kind === "words" ? repeated : once)[field];
        const fieldLengths = lengths[field];
        if (!emit || !fieldLengths) continue;
        let length = 1;
        if (kind === "code") codeTerms(text, emit);
        else length = analyzer.indexTerms(text, emit);
        if (length > 0) fieldLengths[doc] = Math.min(maxLength, (fieldLengths[doc] ?? 0) + length);
      }
      postings.endDocument();
      const firstValue = valueIds.length;
      for (const [attribute, value] of document.values) {
        const id = values.idOf(attribute, value);
        // Few values a document: looking through them is cheaper than a set.
        if (valueIds.indexOf(id, firstValue) < 0) valueIds.push(id);
      }
      valueStarts.push(valueIds.length);
      skus.push(document.sku);
      prices.push(document.priceMinor);
      ratings.push(document.rating);
      createdAt.push(document.createdAt);
      nameKeys.push(packName(document.name));
      flags.push(document.flags);
    },
    build() {
      const size = skus.length;
      return {
        size,
        ...postings.finish(),
        lengths: lengths.map((list) =>
          list.length === 0 ? new Uint16Array(0) : Uint16Array.from({ length: size }, (_, doc) => list[doc] ?? 0),
        ),
        valueStarts: Uint32Array.from(valueStarts),
        valueIds: Uint32Array.from(valueIds),
        skus,
        skuSlots: buildSkuSlots(skus),
        prices: Float64Array.from(prices),
        ratings: Float32Array.from(ratings),
        createdAt: Float64Array.from(createdAt),
        nameKeys: Float64Array.from(nameKeys),
        flags: Uint8Array.from(flags),
        deleted: new Uint32Array((size + 31) >>> 5),
        deletedCounts: new Map(),
        deletedSize: 0,
      };
    },
  };
}
