/** Where the console begins: with signing in, which is light, or with all of it. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { speak } from "@/api/language";
import { language } from "@/frame/preferences";
import { within } from "@/frame/signIn/next";
import { SignIn } from "@/frame/signIn/SignIn";

const HOME = import.meta.env.BASE_URL;
const rest = () => import("./app");

speak(language());
const root = document.getElementById("root");

if (root && location.pathname === `${HOME}sign-in`) signIn(root);
else if (root) void rest().then(({ start }) => start(root));

/** Then the rest is fetched while the password is typed. */
function signIn(root: HTMLElement) {
  const drawn = createRoot(root);
  const done = async () => {
    const next = HOME + (within(new URLSearchParams(location.search).get("next")) ?? "/").slice(1);
    try {
      const { start } = await rest();
      history.replaceState(null, "", next);
      drawn.unmount();
      await start(root);
    } catch {
      // The host was updated meanwhile: the page as it is now has what is to come.
      location.replace(next);
    }
  };
  drawn.render(
    <StrictMode>
      <SignIn onDone={done} onNear={() => void rest().catch(() => undefined)} />
    </StrictMode>,
  );
}
