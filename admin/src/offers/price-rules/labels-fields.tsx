import { TextField } from "@react-spectrum/s2";
import { type FormProps, invalidProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { useStoreViews } from "../../shell/use-store-views.ts";
import { Panel } from "../../ui/page.tsx";
import { rowStart } from "../../ui/styles.ts";
import type { CartRuleBody, Labels } from "./shapes.ts";
import { withField } from "./with-field.ts";

const m = messages.priceRules.labels;

/** What shoppers read in the cart, for each store view where it differs. */
export function LabelsFields({ body, onChange, faults, isReadOnly }: FormProps<CartRuleBody>) {
  const known = useStoreViews();
  const labels = body.labels ?? {};
  const ofViews = labels.storeViews ?? {};
  const set = (next: Labels) => onChange(withField(body, "labels", Object.keys(next).length === 0 ? undefined : next));
  const setView = (storeView: string, text: string) => {
    const others = Object.entries(ofViews).filter(([name]) => name !== storeView);
    const views = Object.fromEntries(text === "" ? others : [...others, [storeView, text]]);
    set(withField(labels, "storeViews", Object.keys(views).length === 0 ? undefined : views));
  };
  return (
    <Panel title={m.title} description={m.text}>
      <div className={rowStart}>
        <TextField
          label={m.default}
          maxLength={200}
          isReadOnly={isReadOnly}
          value={labels.default ?? ""}
          onChange={(text) => set(withField(labels, "default", text === "" ? undefined : text))}
          {...invalidProps(faults, "/labels/default")}
        />
        {[...new Set([...known, ...Object.keys(ofViews)])].map((storeView) => (
          <TextField
            key={storeView}
            label={m.inView(storeView)}
            maxLength={200}
            isReadOnly={isReadOnly}
            value={ofViews[storeView] ?? ""}
            placeholder={labels.default ?? ""}
            onChange={(text) => setView(storeView, text)}
          />
        ))}
      </div>
    </Panel>
  );
}
