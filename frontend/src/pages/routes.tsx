/** Which address shows which page; each page is loaded when it is first gone to. */
import { type ReactNode } from "react";
import { createBrowserRouter, Navigate, useLocation } from "react-router";
import { useSession } from "../api/session.ts";
import { Layout } from "./Layout.tsx";
import { BrokenPage, MissingPage } from "./MissingPage.tsx";

export const router = createBrowserRouter([
  {
    element: <Layout />,
    // Nothing is shown until the first page is there: it takes a moment.
    HydrateFallback: () => null,
    errorElement: <BrokenPage />,
    children: [
      { path: "/", lazy: async () => ({ Component: (await import("./HomePage.tsx")).HomePage }) },
      {
        path: "/app/sign-in",
        lazy: async () => ({ Component: (await import("./SignInPage.tsx")).SignInPage }),
      },
      {
        path: "/app/register",
        lazy: async () => ({ Component: (await import("./RegisterPage.tsx")).RegisterPage }),
      },
      { path: "/app", element: <Navigate to="/app/rides" replace /> },
      {
        path: "/app/rides",
        lazy: async () => {
          const { RidesPage } = await import("./RidesPage.tsx");
          return { element: <SignedIn>{<RidesPage />}</SignedIn> };
        },
      },
      {
        path: "/app/rides/:tripId",
        lazy: async () => ({ Component: (await import("./RidePage.tsx")).RidePage }),
      },
      {
        path: "/app/rides/:tripId/edit",
        lazy: async () => {
          const { EditRidePage } = await import("./EditRidePage.tsx");
          return { element: <SignedIn>{<EditRidePage />}</SignedIn> };
        },
      },
      {
        path: "/app/account",
        lazy: async () => {
          const { AccountPage } = await import("./AccountPage.tsx");
          return { element: <SignedIn>{<AccountPage />}</SignedIn> };
        },
      },
      {
        path: "/r/:tripId",
        lazy: async () => ({ Component: (await import("./RidePage.tsx")).RidePage }),
      },
      { path: "*", element: <MissingPage /> },
    ],
  },
]);

/** For those who are signed in; others sign in first, and come back. */
function SignedIn({ children }: { children: ReactNode }) {
  const { pathname, search } = useLocation();
  if (useSession() !== null) return children;
  const to = `/app/sign-in?next=${encodeURIComponent(pathname + search)}`;
  return <Navigate to={to} replace />;
}
