/** Signing in once the console is there already: somebody came by a deep link, or signed out. */
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { learn } from "@/words";
import { SignIn } from "./SignIn";

export function SignInPage() {
  const { next } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const queries = useQueryClient();
  return (
    <SignIn
      learn={learn}
      onDone={() => {
        queries.clear();
        void navigate({ to: next ?? "/", replace: true });
      }}
    />
  );
}
