import { Content, Heading, InlineAlert } from "@react-spectrum/s2";
import { ApiError } from "../api/client.ts";
import { messages } from "../messages.data.ts";
import { describeError } from "../ui/states.tsx";

const m = messages.connectors.common;

/** A save that the server refused, with every fault at once. */
export function Refusal({ error }: { error: unknown }) {
  if (!error) return null;
  const faults = error instanceof ApiError ? error.details : [];
  return (
    <div role="alert">
      <InlineAlert variant="negative">
        <Heading level={2}>{m.refused}</Heading>
        <Content>
          {faults.length === 0 ? (
            describeError(error)
          ) : (
            <ul>
              {faults.map(({ path, message }) => (
                <li key={`${path} ${message}`}>{`${path.replace(/^\/(config\/)?/, "")} ${message}`}</li>
              ))}
            </ul>
          )}
        </Content>
      </InlineAlert>
    </div>
  );
}
