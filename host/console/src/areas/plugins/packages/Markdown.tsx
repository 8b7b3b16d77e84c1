/** A stranger's Markdown as elements of our own: never as markup. Headings begin under those of the page. */
import { Divider, Typography } from "antd";
import { Fragment, useMemo, type ReactNode } from "react";
import { blocksOf, type Block, type Inline } from "./markdown";

export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => blocksOf(text), [text]);
  return <div className="markdown">{shown(blocks)}</div>;
}

function shown(blocks: Block[]): ReactNode {
  return blocks.map((block, at) => <Part key={at} block={block} />);
}

function Part({ block }: { block: Block }) {
  switch (block.kind) {
    case "heading":
      return <Typography.Title level={Math.min(block.level + 1, 5) as 2 | 3 | 4 | 5}>{inside(block.inside)}</Typography.Title>;
    case "paragraph":
      return <Typography.Paragraph>{inside(block.inside)}</Typography.Paragraph>;
    case "code":
      return (
        <pre className="mono code-block" tabIndex={0}>
          {block.text}
        </pre>
      );
    case "rule":
      return <Divider />;
    case "quote":
      return <blockquote>{shown(block.blocks)}</blockquote>;
    case "list": {
      const items = block.items.map((item, at) => <li key={at}>{shown(item)}</li>);
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case "table":
      return (
        <div className="markdown-table" tabIndex={0}>
          <table className="conflict">
            {block.head.some((cell) => cell.length > 0) && (
              <thead>
                <tr>
                  {block.head.map((cell, at) => (
                    <th key={at} scope="col">
                      {inside(cell)}
                    </th>
                  ))}
                </tr>
              </thead>
            )}
            <tbody>
              {block.rows.map((row, at) => (
                <tr key={at}>
                  {row.map((cell, column) => (
                    <td key={column}>{inside(cell)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
  }
}

function inside(parts: Inline[]): ReactNode {
  return parts.map((part, at) => {
    switch (part.kind) {
      case "text":
        return <Fragment key={at}>{part.text}</Fragment>;
      case "code":
        return <code key={at}>{part.text}</code>;
      case "strong":
        return <strong key={at}>{inside(part.inside)}</strong>;
      case "emphasis":
        return <em key={at}>{inside(part.inside)}</em>;
      case "link":
        // It leaves the console and takes nothing along.
        return (
          <a key={at} href={part.to} target="_blank" rel="noopener noreferrer nofollow">
            {inside(part.inside)}
          </a>
        );
    }
  });
}
