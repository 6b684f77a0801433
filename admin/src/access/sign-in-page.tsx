import { Button, Form, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { ApiError } from "../api/client.ts";
import { messages } from "../messages.data.ts";
import { Mark } from "../shell/mark.tsx";
import { ErrorState } from "../ui/states.tsx";
import { muted } from "../ui/styles.ts";
import { useSignIn } from "./use-session.ts";

const screen = style({
  minHeight: "screen",
  display: "flex",
  alignItems: "center",
  justifyContent: "center",
  backgroundColor: "layer-1",
  padding: 24,
  boxSizing: "border-box",
});
const card = style({
  width: "full",
  maxWidth: 400,
  backgroundColor: "elevated",
  borderRadius: "xl",
  boxShadow: "elevated",
  padding: 32,
  display: "flex",
  flexDirection: "column",
  gap: 24,
  boxSizing: "border-box",
});
const title = style({ font: "heading", color: "heading", margin: 0 });
const head = style({ display: "flex", flexDirection: "column", gap: 8 });

export function SignInPage() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useSignIn();
  const isRefused = signIn.error instanceof ApiError && signIn.error.status === 401;
  return (
    <main className={screen}>
      <div className={card}>
        <div className={head}>
          <Mark />
          <h1 className={title}>{messages.access.signIn}</h1>
          <p className={muted}>{messages.access.signInText}</p>
        </div>
        {signIn.error && !isRefused ? <ErrorState error={signIn.error} /> : null}
        <Form
          // The refusal of one attempt must not keep the next from being sent.
          validationBehavior="aria"
          onSubmit={(event) => {
            event.preventDefault();
            signIn.mutate({ email, password });
          }}
        >
          <TextField
            label={messages.access.email}
            type="email"
            name="email"
            autoComplete="username"
            isRequired
            value={email}
            onChange={setEmail}
          />
          <TextField
            label={messages.access.password}
            type="password"
            name="password"
            autoComplete="current-password"
            isRequired
            value={password}
            onChange={setPassword}
            isInvalid={isRefused}
            {...(isRefused ? { errorMessage: messages.access.refused } : {})}
          />
          <Button type="submit" variant="accent" isPending={signIn.isPending}>
            {messages.access.signIn}
          </Button>
        </Form>
      </div>
    </main>
  );
}
