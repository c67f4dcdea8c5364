import { onlineManager, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { serve, TOKENS } from "../../tests/service.ts";
import { queries } from "../api/service.ts";
import { keep } from "../api/session.ts";
import { choose } from "../i18n/preferences.ts";
import { Toasts } from "../ui/Toasts.tsx";
import { ChangePassword } from "./ChangePassword.tsx";
import { DeleteAccount } from "./DeleteAccount.tsx";

const OLD = "Subida-2026!";
const NEW = "Bajada-2027!";

beforeEach(() => {
  choose({ language: "en" });
  queries.clear();
  keep(TOKENS);
});

function show(part: ReactNode) {
  render(
    <QueryClientProvider client={queries}>
      <MemoryRouter>
        {part}
        <Toasts />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}
const write = (label: string, text: string) => userEvent.type(screen.getByLabelText(label), text);
const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));
const inputOf = (label: string) => screen.getByLabelText<HTMLInputElement>(label);

describe("changing the password", () => {
  const fill = async (current = OLD, next = NEW) => {
    show(<ChangePassword username="ana" />);
    if (current) await write("Current password", current);
    if (next) await write("New password", next);
    await press("Change password");
  };

  it("sends both, says that it is done and forgets them", async () => {
    const asked = serve(() => ({ body: null }));
    await fill();
    await screen.findByText("Password changed. Your other sessions have ended.");
    expect(asked).toMatchObject([
      {
        method: "PUT",
        path: "/users/me/password",
        body: { current_password: OLD, new_password: NEW },
      },
    ]);
    expect(inputOf("Current password").value).toBe("");
    expect(inputOf("New password").value).toBe("");
    expect(screen.queryByText("This is missing.")).toBeNull();
  });

  it("sends none that is weak or missing, and says which", async () => {
    const asked = serve(() => ({ body: null }));
    await fill("", "subida");
    expect(screen.getByText("This is missing.")).toBeTruthy();
    expect(screen.getByText("Something of the list is missing.")).toBeTruthy();
    expect(asked).toEqual([]);
  });

  it("says at its field that the current one is wrong, until that is changed", async () => {
    serve(() => ({
      error: { code: "WRONG_PASSWORD", message: "wrong", field: "current_password" },
    }));
    await fill();
    await screen.findByText("That is not your password");
    expect(inputOf("Current password").getAttribute("aria-invalid")).toBe("true");
    expect(inputOf("New password").getAttribute("aria-invalid")).toBeNull();
    await write("Current password", "x");
    expect(screen.queryByText("That is not your password")).toBeNull();
  });

  it("waits as long as the account is locked", async () => {
    serve(() => ({
      status: 429,
      headers: { "Retry-After": "900" },
      error: { code: "ACCOUNT_LOCKED", message: "locked" },
    }));
    await fill();
    expect((await screen.findByRole("alert")).textContent).toMatch(/try again from \d+:\d\d/);
    const button = screen.getByRole<HTMLButtonElement>("button", { name: "Change password" });
    expect(button.disabled).toBe(true);
  });

  it("shows each on demand", async () => {
    show(<ChangePassword username="ana" />);
    await press("Show new password");
    expect(inputOf("New password").type).toBe("text");
    expect(inputOf("Current password").type).toBe("password");
  });
});

describe("deleting the account", () => {
  // As fast as always, but the long pauses can be jumped over.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
  });
  afterEach(() => {
    onlineManager.setOnline(true);
    vi.useRealTimers();
  });

  const deleted = vi.fn();
  const serveAccount = (rides: number, answer: ReturnType<Parameters<typeof serve>[0]>) =>
    serve(({ method }) =>
      method === "DELETE"
        ? answer
        : { data: { trips: [], total: rides, count: 0, limit: 1, offset: 0 } },
    );
  const open = async () => {
    deleted.mockReset();
    show(<DeleteAccount username="ana" onDeleted={deleted} />);
    await press("Delete the account");
    return within(await screen.findByRole("alertdialog"));
  };

  it("says what is lost and offers to take it along first", async () => {
    const asked = serveAccount(12, { body: null });
    const dialog = await open();
    await dialog.findByText(/Your 12 rides are deleted.*There is no way back\./);
    expect(dialog.getByRole("button", { name: "Download my files" })).toBeTruthy();
    expect(asked.some(({ method }) => method === "DELETE")).toBe(false);
  });

  it("offers nothing to take along where there is nothing", async () => {
    serveAccount(0, { body: null });
    const dialog = await open();
    await dialog.findByText(/You have no ride/);
    expect(dialog.queryByRole("button", { name: "Download my files" })).toBeNull();
  });

  it("takes the password, and only then", async () => {
    const asked = serveAccount(1, { body: null });
    const dialog = await open();
    await press("Delete for good");
    expect(dialog.getByText("This is missing.")).toBeTruthy();
    expect(deleted).not.toHaveBeenCalled();
    await write("Password", OLD);
    await press("Delete for good");
    await waitFor(() => expect(deleted).toHaveBeenCalledOnce());
    expect(asked.filter(({ method }) => method === "DELETE")).toMatchObject([
      { path: "/users/me", body: { password: OLD } },
    ]);
  });

  it("stays where it is when the password is wrong", async () => {
    serveAccount(1, {
      error: { code: "WRONG_PASSWORD", message: "wrong", field: "password" },
    });
    const dialog = await open();
    await write("Password", "x{Enter}");
    await dialog.findByText("That is not your password");
    expect(deleted).not.toHaveBeenCalled();
  });

  it("says that it was not done where the account is still there, and is tried again", async () => {
    let isAway = true;
    serve(({ method, path }) => {
      if (method === "DELETE" && isAway) throw new TypeError("Failed to fetch");
      if (method === "DELETE") return { body: null };
      return { data: path === "/auth/me" ? TOKENS.user : { trips: [], total: 1 } };
    });
    const dialog = await open();
    await write("Password", OLD);
    await press("Delete for good");
    expect(
      await dialog.findByText("We are finding out whether your account is deleted"),
    ).toBeTruthy();
    expect(dialog.queryByRole("alert")).toBeNull();
    await vi.advanceTimersByTimeAsync(30_000);
    const alert = await dialog.findByRole("alert");
    expect(alert.textContent).toContain("Your account is not deleted");
    expect(deleted).not.toHaveBeenCalled();
    isAway = false;
    await press("Delete for good");
    await waitFor(() => expect(deleted).toHaveBeenCalledOnce());
    expect(dialog.queryByRole("alert")).toBeNull();
  });

  const refused = (path: string) => {
    const code = path === "/auth/login" ? "INVALID_CREDENTIALS" : "UNAUTHORIZED";
    return { status: 401, error: { code, message: "no" } };
  };
  const there = (path: string) => ({
    data: path === "/auth/me" ? TOKENS.user : { trips: [], total: 1 },
  });

  it("says that it is found out while nobody answers, and then what has become of it", async () => {
    let is: "there" | "away" | "gone" = "there";
    serve(({ method, path }) => {
      if (method === "DELETE") is = "away";
      if (is === "away") throw new TypeError("Failed to fetch");
      return is === "gone" ? refused(path) : there(path);
    });
    const dialog = await open();
    await write("Password", OLD);
    await press("Delete for good");
    await dialog.findByText("We are finding out whether your account is deleted");
    expect(dialog.getByText(/try to sign in/)).toBeTruthy();
    expect(deleted).not.toHaveBeenCalled();
    is = "gone";
    await waitFor(() => expect(deleted).toHaveBeenCalledOnce(), { timeout: 5000 });
  });

  it("deletes nothing where the session is over, and says so", async () => {
    let isOver = false;
    const asked = serve(({ path }) => (isOver ? refused(path) : there(path)));
    const dialog = await open();
    await dialog.findByText(/Your ride is deleted/);
    isOver = true;
    await write("Password", OLD);
    await press("Delete for good");
    await dialog.findByText("Your session has ended");
    expect(dialog.getByRole("link", { name: "Sign in" })).toBeTruthy();
    expect(asked.some(({ method }) => method === "DELETE")).toBe(false);
    expect(deleted).not.toHaveBeenCalled();
  });

  it("says that it cannot tell where the service failed and refuses everything then", async () => {
    let isOver = false;
    serve(({ method, path }) => {
      if (method !== "DELETE") return isOver ? refused(path) : there(path);
      isOver = true;
      return { status: 500, error: { code: "INTERNAL_ERROR", message: "oh" } };
    });
    const dialog = await open();
    await write("Password", OLD);
    await press("Delete for good");
    const alert = await dialog.findByRole("alert");
    expect(alert.textContent).toContain("We cannot tell whether your account is deleted");
    expect(dialog.getByRole("link", { name: "Sign in" })).toBeTruthy();
    expect(deleted).not.toHaveBeenCalled();
  });

  it("is not done later where it was given up without a connection", async () => {
    const asked = serve(({ path }) => {
      if (!onlineManager.isOnline()) throw new TypeError("Failed to fetch");
      return there(path);
    });
    const dialog = await open();
    await write("Password", OLD);
    onlineManager.setOnline(false);
    await press("Delete for good");
    await dialog.findByText("Your account is not deleted");
    await press("Cancel");
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
    onlineManager.setOnline(true);
    await queries.resumePausedMutations();
    expect(asked.some(({ method }) => method === "DELETE")).toBe(false);
  });

  it("can be thought over, and begins anew", async () => {
    serveAccount(1, { body: null });
    await open();
    await write("Password", OLD);
    await press("Cancel");
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
    await press("Delete the account");
    await screen.findByRole("alertdialog");
    expect(inputOf("Password").value).toBe("");
  });
});
