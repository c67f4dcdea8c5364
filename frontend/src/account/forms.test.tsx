import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { beforeEach, describe, expect, it } from "vitest";
import { serve, TOKENS } from "../../tests/service.ts";
import { queries } from "../api/service.ts";
import { session } from "../api/session.ts";
import { choose } from "../i18n/preferences.ts";
import { RegisterForm } from "./RegisterForm.tsx";
import { SignInForm } from "./SignInForm.tsx";

beforeEach(() => choose({ language: "en" }));

function show(form: ReactNode) {
  render(
    <QueryClientProvider client={queries}>
      <MemoryRouter>{form}</MemoryRouter>
    </QueryClientProvider>,
  );
}
const write = (label: string, text: string) => userEvent.type(screen.getByLabelText(label), text);
const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

describe("signing in", () => {
  const fill = async () => {
    show(<SignInForm registerAt="/app/register" />);
    await write("Name or e-mail", " ana ");
    await write("Password", "Subida-2026!");
    await press("Sign in");
  };

  it("keeps the session that it is given", async () => {
    const asked = serve(() => ({ data: TOKENS }));
    await fill();
    await waitFor(() => expect(session()?.user.username).toBe("ana"));
    expect(asked[0]?.body).toEqual({ login: "ana", password: "Subida-2026!" });
  });

  it("sends nothing that is incomplete, and says what is missing", async () => {
    const asked = serve(() => ({ data: TOKENS }));
    show(<SignInForm registerAt="/app/register" />);
    await press("Sign in");
    expect(screen.getAllByText("This is missing.")).toHaveLength(2);
    expect(asked).toHaveLength(0);
  });

  it("says of a locked account from when on it can be tried again, and waits", async () => {
    serve(() => ({
      status: 429,
      headers: { "Retry-After": "900" },
      error: { code: "ACCOUNT_LOCKED", message: "locked" },
    }));
    await fill();
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toMatch(/You can try again from \d+:\d\d [AP]M on\./);
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Sign in" }).disabled).toBe(true);
  });

  it("may be tried again once a short wait is over", async () => {
    serve(() => ({
      status: 429,
      headers: { "Retry-After": "1" },
      error: { code: "RATE_LIMITED", message: "slow" },
    }));
    await fill();
    expect((await screen.findByRole("alert")).textContent).toContain("in 1 s.");
    const button = screen.getByRole<HTMLButtonElement>("button", { name: "Sign in" });
    await waitFor(() => expect(button.disabled).toBe(false), { timeout: 3000 });
  });
});

describe("registering", () => {
  const fill = async (password = "Subida-2026!") => {
    show(<RegisterForm signInAt="/app/sign-in" />);
    await write("Name", "ana");
    await write("E-mail", "ana@example.com");
    await write("Password", password);
    await press("Register");
  };

  it("signs in at once", async () => {
    const asked = serve(({ path }) => ({
      data: path === "/auth/login" ? TOKENS : {},
      status: path === "/auth/login" ? 200 : 201,
    }));
    await fill();
    await waitFor(() => expect(session()?.user.username).toBe("ana"));
    expect(asked.map(({ path }) => path)).toEqual(["/auth/register", "/auth/login"]);
  });

  it("ticks the rules off while the password is typed, and sends no weak one", async () => {
    const asked = serve(() => ({ data: {} }));
    await fill("subida");
    const met = () =>
      screen.getAllByRole("listitem").filter(({ dataset }) => dataset["met"] !== undefined);
    expect(met()).toHaveLength(1);
    expect(asked).toHaveLength(0);
    await write("Password", "-2026A");
    expect(met()).toHaveLength(5);
  });

  it("shows at its field what the service says of it, until that is changed", async () => {
    serve(() => ({ error: { code: "USERNAME_TAKEN", message: "taken", field: "username" } }));
    await fill();
    expect(await screen.findByText("That name is taken")).toBeTruthy();
    expect(screen.getByLabelText("Name").getAttribute("aria-invalid")).toBe("true");
    await write("Name", "2");
    expect(screen.queryByText("That name is taken")).toBeNull();
  });

  it("shows a password on demand", async () => {
    show(<RegisterForm signInAt="/app/sign-in" />);
    await press("Show password");
    expect(screen.getByLabelText("Password").getAttribute("type")).toBe("text");
    await press("Hide password");
    expect(screen.getByLabelText("Password").getAttribute("type")).toBe("password");
  });
});
