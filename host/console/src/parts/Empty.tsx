/** An empty state that teaches: what would be here, why it is worth having, and the next step. */
import { Empty as Picture, Typography } from "antd";
import type { ReactNode } from "react";

export function Empty({ title, what, action }: { title: string; what?: string; action?: ReactNode }) {
  return (
    <Picture
      className="empty"
      image={Picture.PRESENTED_IMAGE_SIMPLE}
      description={
        <>
          <Typography.Text strong>{title}</Typography.Text>
          {what && <Typography.Paragraph type="secondary">{what}</Typography.Paragraph>}
        </>
      }
    >
      {action}
    </Picture>
  );
}
