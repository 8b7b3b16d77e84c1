/** A file sent as it is, with progress: `fetch` cannot tell how much has left. */
import { spoken } from "./language";
import { bare, ProblemError, type Problem } from "./problem";
import { reach, silence } from "./reach";
import { session } from "./session";

interface Upload {
  path: string;
  search?: Record<string, string | undefined>;
  type: string;
  body: Blob;
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

/** What the API answered; the caller names the type that the document gives. */
export async function upload<T>(what: Upload): Promise<T> {
  const first = await once(what);
  if (first.status === 401 && session.isKnown() && (await session.untilSignedIn())) return taken<T>(await once(what));
  return taken<T>(first);
}

interface Answer {
  status: number;
  text: string;
}

function once({ path, search = {}, type, body, onProgress, signal }: Upload): Promise<Answer> {
  const given = Object.entries(search).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== "");
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${path}?${new URLSearchParams(given).toString()}`);
    request.setRequestHeader("Content-Type", type);
    request.setRequestHeader("Accept-Language", spoken());
    request.upload.onprogress = (event) => onProgress?.(event.total > 0 ? event.loaded / event.total : 0);
    request.onload = () => resolve({ status: request.status, text: request.responseText });
    request.onerror = () => {
      // A file is not sent a second time by itself: whoever sends it decides.
      reach.lost();
      reject(silence());
    };
    request.onabort = () => reject(new DOMException("", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

function taken<T>({ status, text }: Answer): T {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new ProblemError(bare(status, ""));
  }
  if (status >= 200 && status < 300) return answer as T;
  throw new ProblemError(answer as Problem);
}
