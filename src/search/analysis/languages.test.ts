import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aProduct, searchOver } from "../search-fixture.ts";
import { foldText } from "./analysis.ts";
import { languageOf } from "./languages.ts";

const namesOf = (result: { readonly items: readonly { readonly name: string }[] }) =>
  result.items.map(({ name }) => name);
const over = (names: readonly string[], locale: string) =>
  searchOver(
    names.map((name, at) => aProduct({ sku: `${at}-${at}`, name })),
    { locale },
  );

describe("store views", () => {
  it("search and show their own texts in their own language", async () => {
    const { search } = await searchOver(
      [
        aProduct({ sku: "A", name: "Coats", attributes: { name_de: "Jacken", description_de: "Warm im Winter" } }),
        aProduct({ sku: "B", name: "Belt", attributes: { name_de_AT: "Gurt", name_de: "Gürtel" } }),
      ],
      {
        localeByStoreView: new Map([
          ["german", "de-DE"],
          ["austrian", "de-AT"],
        ]),
      },
    );
    expect(namesOf(search.search({ q: "jacke", storeView: "german" }))).toEqual(["Jacken"]);
    expect(search.search({ q: "winter", storeView: "german" }).items[0]?.highlights).toMatchObject([
      { attribute: "description", value: "Warm im <em>Winter</em>" },
    ]);
    expect(namesOf(search.search({ q: "coat", storeView: "german" }))).toEqual([]);
    expect(namesOf(search.search({ q: "coat" }))).toEqual(["Coats"]);
    expect(namesOf(search.search({ q: "winter" }))).toEqual([]);
    expect(namesOf(search.search({ q: "gurt", storeView: "austrian" }))).toEqual(["Gurt"]);
    expect(namesOf(search.search({ storeView: "german", sort: "name" }))).toEqual(["Gürtel", "Jacken"]);
    expect(search.suggest("jac", 5, "german")[0]?.text).toBe("jacken");
    expect(search.search({ facets: ["*", "name_de"] }).facets).toEqual([]);
  });
});

describe("languages", () => {
  it.each([
    ["en", "jackets", "Jacket"],
    ["de", "jacken", "Jacke"],
    ["de-AT", "Haeuser", "Haus"],
    ["de", "fuer Maenner", "Für Männer"],
    ["fr", "chaussure", "Chaussures"],
    ["fr-CA", "legeres", "Légère"],
    ["es", "zapato", "Zapatos"],
    ["it", "scarpa", "Scarpe"],
    ["nl", "schoen", "Schoenen"],
    ["sv", "skor", "Skorna"],
    ["pt-BR", "sapato", "Sapatos"],
    ["da", "jakke", "Jakken"],
    ["pl", "kurtek", "Kurtka"],
    ["pl", "butow", "Buty"],
    ["pl_PL", "czerwonych", "Czerwona"],
    ["ja", "シューズ", "ランニングシューズ"],
    ["ja", "靴", "運動靴"],
    ["zh-cn", "手机", "苹果手机壳"],
    ["ko", "운동화", "나이키 운동화를"],
    ["th", "รองเท้า", "รองเท้าผ้าใบ"],
    ["hi", "जूते", "काले जूते"],
    ["ru", "куртка", "Зимние куртки"],
    ["xx", "words", "Words"],
  ])("in %s %s finds %s", async (locale, q, name) => {
    const { search } = await over([name, "Zzzz"], locale);
    expect(namesOf(search.search({ q }))).toEqual([name]);
  });

  it("in German find compounds by their last word, and compounds nobody wrote by their parts", async () => {
    const { search } = await over(["Wanderschuhe", "Schuhe", "Schuhschrank", "Schuhe zum Wandern"], "de");
    expect(namesOf(search.search({ q: "Schuhe" }))).toEqual(["Schuhe", "Schuhe zum Wandern", "Wanderschuhe"]);
    const { search: other } = await over(["Arbeit am Hemd", "Hemd", "Tisch"], "de");
    const result = other.search({ q: "Arbeitshemden" });
    expect(namesOf(result)).toEqual(["Arbeit am Hemd", "Hemd"]);
    expect(result.correctedQuery).toBeUndefined();
  });

  it("do not cut English words", async () => {
    const { search } = await over(["Wander shoe", "Shoe"], "en");
    expect(search.search({ q: "wandershoe" }).correctedQuery).toBe("wander shoe");
  });

  it("give every form a stem of itself, again and again the same", () => {
    const languages = ["en", "de", "fr", "es", "it", "nl", "sv", "pt", "da", "pl"].map(languageOf);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."abcdeinorstuwyk"), minLength: 1, maxLength: 14 }), (word) => {
        for (const { stem } of languages) {
          expect(stem(word)).toBe(stem(word));
          expect(stem(word).length).toBeGreaterThan(0);
          expect(stem(word).length).toBeLessThanOrEqual(word.length + 1);
        }
      }),
    );
  });

  it("leave sizes and model numbers alone", () => {
    for (const code of ["de", "fr", "pl", "nl"])
      for (const word of ["xl", "12v", "dv71211ea"]) expect(languageOf(code).stem(word)).toBe(word);
  });

  it("keep vowels that are marks, and voiced kana", () => {
    expect(foldText("जूते")).toBe("जूते");
    expect(foldText("バッグ")).not.toBe(foldText("ハック"));
    expect(foldText("한국")).toBe("한국");
  });
});
