/** The parts of a message for another channel: those its connectors read, each a text. */
import { useQuery } from "@tanstack/react-query";
import { useMay } from "@/api/me";
import { useWords } from "@/words";
import { connectorParts, installationsQuery } from "./channels";
import type { Parts } from "./contents";
import { PartInput } from "./PartInput";

interface Props {
  channel: string;
  parts: Parts;
  mistakes: Record<string, string[]>;
  onPart: (part: string, value: string) => void;
  disabled: boolean;
}

export function OtherParts({ channel, parts, mistakes, onPart, disabled }: Props) {
  const { code } = useWords();
  const may = useMay();
  const installations = useQuery({ ...installationsQuery, enabled: may("plugins.read") });
  const read = connectorParts(installations.data?.items ?? [], channel);
  const names = [...new Set([...(read.length > 0 ? read : ["text"]), ...Object.keys(parts)])];
  return names.map((part) => (
    <PartInput key={part} lines={part !== "subject" && part !== "title"} label={code("message.part", part)} value={parts[part] ?? ""} onChange={(value) => onPart(part, value)} mistakes={mistakes[part] ?? []} disabled={disabled} />
  ));
}
