/** Make what a receipt is of once more, and say whether it is the same. */
import { Alert, Button, Checkbox, Flex, Typography } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";

type Check = Schemas["ReceiptCheck"];

export function Verify({ id }: { id: string }) {
  const { t } = useWords();
  const [standing, setStanding] = useState(false);
  const [found, setFound] = useState<Check>();
  const { busy, submit, alert } = useSubmit<object>(undefined, async () => {
    setFound(undefined);
    setFound(await answer(api.POST("/api/v1/receipts/verify", { body: { run: id, standing } })));
  });
  return (
    <div className="panel" aria-live="polite">
      <Flex gap={16} align="center" wrap className="table-tools">
        <Button onClick={() => void submit({})} loading={busy}>
          {t("receipt.verify")}
        </Button>
        <Checkbox checked={standing} disabled={busy} onChange={(event) => setStanding(event.target.checked)}>
          {t("receipt.standing")}
        </Checkbox>
      </Flex>
      {busy && <Typography.Text type="secondary">{t("receipt.verifying")}</Typography.Text>}
      {alert}
      {found && <Found check={found} />}
    </div>
  );
}

function Found({ check }: { check: Check }) {
  const { t, code } = useWords();
  return (
    <Alert
      role="status"
      type={check.verified ? "success" : "warning"}
      showIcon
      title={t(check.verified ? "receipt.same" : "receipt.different")}
      description={
        <>
          <div>{code("receipt.from", check.from)}</div>
          {check.differences.length > 0 && (
            <table className="conflict">
              <thead>
                <tr>
                  <th scope="col">{t("receipt.what")}</th>
                  <th scope="col">{t("receipt.says")}</th>
                  <th scope="col">{t("receipt.found")}</th>
                </tr>
              </thead>
              <tbody>
                {check.differences.map((one) => (
                  <tr key={one.what}>
                    <th scope="row">{one.what}</th>
                    <td className="mono">{one.receipt}</td>
                    <td className="mono">{one.found}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      }
    />
  );
}
