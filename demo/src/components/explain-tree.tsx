// Shows Clientele's explanation as it comes: what was considered as cards with their outcome, rule leaves with the value
// seen and their truth, signals and scores as figures. What it does not know it lists by name, so that nothing is hidden.

type Fields = { readonly [key: string]: unknown };
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const maxDepth = 12;
const maxEntries = 60;

const words: Readonly<Record<string, string>> = {
  idf: "rarity of the word",
  beta: "strength",
  base: "text score, as share of the best",
  sku: "SKU",
};

function labelOf(key: string): string {
  const known = words[key];
  if (known !== undefined) return known;
  const text = key
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
  return text;
}

function Plain({ value }: { readonly value: unknown }) {
  if (typeof value === "number")
    return <span className="figure">{value.toLocaleString("en-US", { maximumFractionDigits: 4 })}</span>;
  if (typeof value === "boolean")
    return <span className={value ? "truth truth-yes" : "truth truth-no"}>{value ? "✓ true" : "✗ false"}</span>;
  if (value === null || value === undefined) return <span className="why-quiet">none</span>;
  return <span>{String(value)}</span>;
}

// The sentence of a reason names these already.
const toldByText: ReadonlySet<string> = new Set(["text", "code", "audience", "audiences"]);

const outcomes: Readonly<Record<string, string>> = {
  shown: "Shown",
  refused: "Not for this shopper",
  empty: "Had nothing to show",
  applied: "Applies",
  conditions_not_met: "Conditions not fulfilled",
  no_matching_items: "Reaches nothing in the cart",
  superseded: "An earlier offer came first",
};

function Considered({
  entry,
  depth,
  sku,
}: {
  readonly entry: Fields;
  readonly depth: number;
  readonly sku: string | undefined;
}) {
  const { outcome, reason, name, key, kind, priority, id: _id, version: _version, ...rest } = entry;
  const text = isFields(reason) ? reason["text"] : reason;
  const extra = isFields(reason)
    ? Object.fromEntries(Object.entries(reason).filter(([code]) => !toldByText.has(code)))
    : {};
  const more = Object.fromEntries(
    Object.entries({ ...rest, ...extra }).filter(([, value]) => value !== null && value !== undefined),
  );
  return (
    <li className={`considered considered-${String(outcome)}`}>
      <p className="considered-head">
        <strong>{String(name ?? key ?? kind)}</strong>
        <span className="pill">{outcomes[String(outcome)] ?? String(outcome)}</span>
      </p>
      <p>
        {String(text ?? "")} {priority !== undefined && <span className="why-quiet">priority {String(priority)}</span>}
      </p>
      {Object.keys(more).length > 0 && <Node value={more} depth={depth + 1} sku={sku} />}
    </li>
  );
}

/** A rule as Clientele explains it: a sentence for each node, with what was seen, and its truth. */
function Rule({ value, depth }: { readonly value: Fields; readonly depth: number }) {
  const children = Array.isArray(value["children"]) ? value["children"].filter(isFields) : [];
  return (
    <div className="leaf">
      <p>
        <Plain value={value["truth"]} /> {String(value["sentence"])}
        {value["broken"] === true && <span className="why-quiet"> (names something that is gone)</span>}
      </p>
      {children.length > 0 && depth < maxDepth && (
        <ul>
          {children.map((child, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an explanation is shown once and never changes
            <li key={index}>
              <Rule value={child} depth={depth + 1} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function List({
  values,
  depth,
  sku,
}: {
  readonly values: readonly unknown[];
  readonly depth: number;
  readonly sku: string | undefined;
}) {
  if (values.length === 0) return <span className="why-quiet">none</span>;
  const ofProduct = sku === undefined ? undefined : values.find((value) => isFields(value) && value["sku"] === sku);
  const shown = ofProduct === undefined ? values.slice(0, maxEntries) : [ofProduct];
  if (shown.every((value) => !isFields(value) && !Array.isArray(value)))
    return <span>{shown.map(String).join(", ")}</span>;
  return (
    <ul className="tree-list">
      {shown.map((value, index) =>
        isFields(value) && "outcome" in value ? (
          <Considered key={String(value["id"] ?? index)} entry={value} depth={depth} sku={sku} />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: an explanation is shown once and never changes
          <li key={index}>
            <Node value={value} depth={depth + 1} sku={sku} />
          </li>
        ),
      )}
      {ofProduct === undefined && values.length > maxEntries && (
        <li className="why-quiet">and {values.length - maxEntries} more</li>
      )}
    </ul>
  );
}

function Node({
  value,
  depth,
  sku,
}: {
  readonly value: unknown;
  readonly depth: number;
  readonly sku: string | undefined;
}) {
  if (depth > maxDepth) return <code>{JSON.stringify(value)}</code>;
  if (Array.isArray(value)) return <List values={value} depth={depth} sku={sku} />;
  if (!isFields(value)) return <Plain value={value} />;
  if (typeof value["sentence"] === "string" && "truth" in value) return <Rule value={value} depth={depth} />;
  return (
    <dl className="tree">
      {Object.entries(value).map(([key, child]) => (
        <div key={key} className={isFields(child) || Array.isArray(child) ? "tree-branch" : "tree-row"}>
          <dt>{labelOf(key)}</dt>
          <dd>
            <Node value={child} depth={depth + 1} sku={sku} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** @param sku of a list of products, shows only this one */
export function ExplainTree({ value, sku }: { readonly value: unknown; readonly sku: string | undefined }) {
  const shown = isFields(value) && Array.isArray(value["considered"]) ? value["considered"] : value;
  return (
    <div className="explain">
      <Node value={shown} depth={0} sku={sku} />
    </div>
  );
}
