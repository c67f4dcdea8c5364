import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { type SubmitEvent, type ReactNode } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/client.ts";
import { queries } from "../api/service.ts";
import { choose } from "../i18n/preferences.ts";
import { useForm } from "./use-form.ts";

interface Code extends Record<string, string> {
  name: string;
  code: string;
}

const send = vi.fn<(form: Code) => Promise<number>>();
const onSent = vi.fn();
const SUBMITTED = { preventDefault: () => undefined } as SubmitEvent;

beforeEach(() => {
  choose({ language: "en" });
  send.mockReset().mockResolvedValue(7);
  onSent.mockReset();
});

function start() {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(
    () =>
      useForm<Code, number>({
        empty: { name: "", code: "" },
        faults: { code: (value) => (value === "0000" ? "Too easy." : null) },
        send,
        onSent,
      }),
    { wrapper },
  );
  const errors = () => [result.current.fieldOf("name").error, result.current.fieldOf("code").error];
  return {
    result,
    errors,
    fill: (name: string, code: string) =>
      act(() => {
        result.current.fieldOf("name").onChange(name);
        result.current.fieldOf("code").onChange(code);
      }),
    submit: () => act(() => result.current.formProps.onSubmit(SUBMITTED)),
  };
}

function refusal(status: number, field: string | null, retryAfter?: string) {
  const headers = retryAfter === undefined ? {} : { "Retry-After": retryAfter };
  const rest = { reason: null, line: null, csv: null };
  const code = status === 429 ? "RATE_LIMITED" : "WRONG_PASSWORD";
  const detail = { code, message: "No.", field, ...rest } as ConstructorParameters<
    typeof ApiError
  >[1];
  return new ApiError(new Response(null, { status, headers }), detail);
}

describe("a form", () => {
  it("finds no fault before it is tried, and sends nothing with one", () => {
    const { errors, fill, submit } = start();
    fill("", "0000");
    expect(errors()).toEqual([null, null]);
    submit();
    expect(errors()).toEqual(["This is missing.", "Too easy."]);
    fill("ana", "");
    expect(errors()).toEqual([null, "This is missing."]);
    submit();
    expect(send).not.toHaveBeenCalled();
  });

  it("hands on what it is answered, and begins anew when it is cleared", async () => {
    const { result, errors, fill, submit } = start();
    fill("ana", "1234");
    submit();
    await waitFor(() => expect(onSent).toHaveBeenCalledOnce());
    expect(send.mock.calls[0]?.[0]).toEqual({ name: "ana", code: "1234" });
    expect(onSent.mock.calls[0]?.[0]).toBe(7);
    act(() => result.current.clear());
    expect(result.current.form).toEqual({ name: "", code: "" });
    expect(errors()).toEqual([null, null]);
  });

  it("is not sent again before it is answered", async () => {
    let answer: (answer: number) => void = () => undefined;
    send.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    const { result, fill, submit } = start();
    fill("ana", "1234");
    submit();
    await waitFor(() => expect(result.current.submitProps.isPending).toBe(true));
    submit();
    answer(7);
    await waitFor(() => expect(result.current.submitProps.isPending).toBe(false));
    expect(send).toHaveBeenCalledOnce();
    submit();
    await waitFor(() => expect(send).toHaveBeenCalledTimes(2));
  });

  it("says what went wrong at the field that is to blame, and only there", async () => {
    send.mockRejectedValue(refusal(400, "code"));
    const { result, errors, fill, submit } = start();
    fill("ana", "1234");
    submit();
    await waitFor(() => expect(errors()).toEqual([null, "That is not your password"]));
    expect(result.current.trouble).toBeNull();
    fill("ana", "12345");
    expect(errors()).toEqual([null, null]);
  });

  it("says what is wrong with the whole, and is not sent before its time", async () => {
    const error = refusal(429, null, "900");
    send.mockRejectedValue(error);
    const { result, fill, submit } = start();
    fill("ana", "1234");
    submit();
    await waitFor(() => expect(result.current.trouble?.error).toBe(error));
    expect(result.current.trouble?.wait?.kind).toBe("clock");
    expect(result.current.submitProps.isDisabled).toBe(true);
    submit();
    expect(send).toHaveBeenCalledOnce();
  });
});
