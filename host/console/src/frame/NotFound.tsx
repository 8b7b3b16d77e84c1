/** An address that leads nowhere: said inside the frame where one is signed in, so that the way on is at hand. */
import { CompassOutlined } from "@ant-design/icons";
import { Link, useLocation } from "@tanstack/react-router";
import { Result, Typography } from "antd";
import { useEffect } from "react";
import { useWords } from "@/words";

export function NotFound() {
  const { t } = useWords();
  const { pathname } = useLocation();
  useEffect(() => {
    document.title = `${t("error.notFound")} · ${t("app.title")}`;
  }, [t]);
  return (
    <Result
      icon={<CompassOutlined className="lost" />}
      title={<Typography.Title level={1}>{t("error.notFound")}</Typography.Title>}
      subTitle={
        <>
          <div>{t("error.notFoundWhat")}</div>
          <div className="mono">{pathname}</div>
        </>
      }
      extra={<Link to="/">{t("error.home")}</Link>}
    />
  );
}
