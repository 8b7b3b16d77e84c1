/** The keys that work on every page, as a list. */
import { Switch, Typography } from "antd";
import { useWords, type Key } from "@/words";
import { useKeysOn } from "./keys";

const KEYS: { keys: string[]; what: Key }[] = [
  { keys: ["/", "Ctrl+K"], what: "keys.search" },
  { keys: ["g 1", "g 9"], what: "keys.area" },
  { keys: ["j"], what: "keys.jobs" },
  { keys: ["h"], what: "keys.help" },
  { keys: ["?"], what: "keys.list" },
  { keys: ["Tab", "Shift+Tab"], what: "keys.move" },
  { keys: ["Enter", "Space"], what: "keys.press" },
  { keys: ["Esc"], what: "keys.close" },
];

export function Shortcuts() {
  const { t } = useWords();
  const [on, set] = useKeysOn();
  return (
    <>
      <table className="keys">
        <tbody>
          {KEYS.map((one) => (
            <tr key={one.what}>
              <td>
                {one.keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </td>
              <td>{t(one.what)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label>
        <Switch size="small" checked={on} onChange={set} /> {t("keys.on")}
      </label>
      <Typography.Paragraph type="secondary" className="small">
        {t("keys.onWhat")}
      </Typography.Paragraph>
    </>
  );
}
