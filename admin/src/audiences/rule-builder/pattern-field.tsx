import { TextField } from "@react-spectrum/s2";
import { useState } from "react";
import { messages } from "../../messages.data.ts";
import { muted, rowStart } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { maxPatternLength, patternFault } from "./pattern-fault.ts";

const m = messages.builder;

type Props = {
  label: string;
  value: string;
  isCaseSensitive: boolean;
  onChange: (pattern: string) => void;
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

/** A pattern with a text to try it on, because patterns are mostly wrong the first time. */
export function PatternField({ label, value, isCaseSensitive, onChange, ...fault }: Props) {
  const { isReadOnly } = useBuilder();
  const [sample, setSample] = useState("");
  const wrong = patternFault(value);
  return (
    <div className={rowStart}>
      <TextField
        aria-label={label}
        size="S"
        isReadOnly={isReadOnly}
        maxLength={maxPatternLength}
        value={value}
        onChange={onChange}
        {...fault}
        {...(wrong === null ? {} : { validationBehavior: "aria" as const, isInvalid: true, errorMessage: wrong })}
      />
      <TextField aria-label={m.tryPattern} placeholder={m.tryPattern} size="S" value={sample} onChange={setSample} />
      {wrong === null && value !== "" && sample !== "" ? (
        <span className={muted} role="status">
          {new RegExp(value, isCaseSensitive ? "u" : "iu").test(sample) ? m.fits : m.fitsNot}
        </span>
      ) : null}
    </div>
  );
}
