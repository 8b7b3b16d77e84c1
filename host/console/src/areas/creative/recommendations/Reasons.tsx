/** Why a candidate stands where it stands: what speaks for it and what against, and how much. */
import { CaretDownOutlined, CaretUpOutlined } from "@ant-design/icons";
import { Descriptions, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { useWords } from "@/words";

type Reason = Schemas["RankedReason"];

function Sign({ weight }: { weight: number }) {
  const { t } = useWords();
  const label = t(weight < 0 ? "recommend.against" : "recommend.inFavour");
  return weight < 0 ? <CaretDownOutlined className="against" aria-label={label} title={label} /> : <CaretUpOutlined className="in-favour" aria-label={label} title={label} />;
}

export function ReasonLine({ of }: { of: Reason }) {
  return (
    <div className="reason">
      <Sign weight={of.weight} /> <span>{of.text}</span>
    </div>
  );
}

export function Reasons({ of }: { of: Schemas["RankedCandidate"] }) {
  const { t, f, code } = useWords();
  const most = Math.max(...of.reasons.map((one) => Math.abs(one.weight)), Number.MIN_VALUE);
  const changes = Object.entries(of.changes);
  return (
    <>
      <ol className="reasons">
        {of.reasons.map((one) => (
          <li key={one.code}>
            <ReasonLine of={one} />
            <div className="reason-weight">
              <div className={one.weight < 0 ? "reason-bar against" : "reason-bar in-favour"} style={{ width: `${(Math.abs(one.weight) / most) * 100}%` }} />
            </div>
            <span className="small mono">
              {one.weight > 0 ? "+" : ""}
              {f.number(one.weight)}
            </span>
          </li>
        ))}
      </ol>
      {changes.length > 0 && (
        <>
          <Typography.Title level={2}>{t("recommend.changes")}</Typography.Title>
          <Descriptions column={1} size="small" items={changes.map(([field, better]) => ({ key: field, label: code("recommend.fact", field), children: <bdi>{better}</bdi> }))} />
        </>
      )}
    </>
  );
}
