/** A package on its way in: looked at first (nothing is stored), then taken. A file is sent with progress and can be stopped. */
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useRef, useState, type ReactNode } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { ProblemError } from "@/api/problem";
import { upload } from "@/api/upload";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { installationsQuery } from "../questions";

export type From = { file: File } | { source: Schemas["PackageSource"] };

export interface Incoming {
  busy: boolean;
  /** How much of the file has left, from 0 to 1; none while the host fetches. */
  share: number | undefined;
  refused: unknown;
  alert: ReactNode;
  check: Schemas["PluginCheck"] | undefined;
  /** Look at it, held against an installation; without a source the one before. */
  look: (from: From | undefined, against?: string) => Promise<void>;
  take: () => Promise<void>;
  stop: () => void;
}

interface Steps {
  /** The installation somebody came from, to add a version. */
  preferred: string | undefined;
  /** What of the source may stand in the address: never a password. */
  onChecked: (what: { source?: string; digest?: string }, against: string | undefined) => void;
  onTaken: (digest: string) => void;
}

export function useIncoming({ preferred, onChecked, onTaken }: Steps): Incoming {
  const { t } = useWords();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [share, setShare] = useState<number>();
  const [refused, setRefused] = useState<unknown>();
  const [check, setCheck] = useState<Schemas["PluginCheck"]>();
  const held = useRef<From>(undefined);
  const stopping = useRef<AbortController>(undefined);

  async function doing(what: () => Promise<void>) {
    setBusy(true);
    setRefused(undefined);
    stopping.current = new AbortController();
    try {
      await what();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) setRefused(error);
    } finally {
      setBusy(false);
      setShare(undefined);
    }
  }

  async function ask(from: From, against: string | undefined): Promise<Schemas["PluginCheck"]> {
    if ("file" in from) return send("/api/v1/plugins/check", from.file, { installation: against });
    return answer(api.POST("/api/v1/plugins/check", { params: { query: { installation: against } }, body: from.source, signal: stopping.current?.signal ?? null }));
  }

  function send<T>(path: string, file: File, search: Record<string, string | undefined>): Promise<T> {
    setShare(0);
    return upload<T>({ path, search, type: "application/wasm", body: file, onProgress: setShare, ...(stopping.current && { signal: stopping.current.signal }) });
  }

  const look = (from: From | undefined, against?: string) =>
    doing(async () => {
      const what = from ?? held.current;
      if (!what) return;
      held.current = what;
      let found = await ask(what, against);
      // What is installed already is what it changes: held against that, unless somebody chose.
      let beside = against;
      if (!beside) {
        const { items } = await queries.fetchQuery(installationsQuery);
        const same = items.filter((one) => one.plugin === found.package.plugin);
        beside = (same.find((one) => one.id === preferred) ?? same[0])?.id;
        if (beside) found = await ask(what, beside);
      }
      setCheck(found);
      const { source, digest } = "source" in what ? what.source : {};
      onChecked({ ...(source && { source }), ...(digest && { digest }) }, beside);
    });

  async function store(older: boolean) {
    const from = held.current;
    if (!from) return;
    const allow_older = older || undefined;
    const kept =
      "file" in from
        ? await send<Schemas["PluginPackage"]>("/api/v1/plugins", from.file, { allow_older: older ? "true" : undefined })
        : await answer(api.POST("/api/v1/plugins", { params: { query: { allow_older } }, body: from.source, signal: stopping.current?.signal ?? null }));
    await queries.invalidateQueries({ queryKey: ["packages"] });
    onTaken(kept.digest);
  }

  const older = refused instanceof ProblemError && refused.problem.code === "older-version";
  const alert =
    refused === undefined ? null : (
      <>
        <ProblemAlert error={refused} />
        {older && (
          <Button className="banner" onClick={() => void doing(() => store(true))}>
            {t("install.takeOlder")}
          </Button>
        )}
      </>
    );
  return { busy, share, refused, alert, check, look, take: () => doing(() => store(false)), stop: () => stopping.current?.abort() };
}
