/** A filter by text that goes into the address once the typing rests. */
import { SearchOutlined } from "@ant-design/icons";
import { Input } from "antd";
import { useEffect, useRef, useState } from "react";

const REST_MS = 300;

export function SearchBox({ value, onChange, label }: { value: string | undefined; onChange: (value: string | undefined) => void; label: string }) {
  const [text, setText] = useState(value ?? "");
  const [was, setWas] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Back and forward change the address: the field follows.
  if (value !== was) {
    setWas(value);
    setText(value ?? "");
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <Input
      allowClear
      className="search-box"
      prefix={<SearchOutlined aria-hidden />}
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => {
        const next = event.target.value;
        setText(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
          setWas(next || undefined);
          onChange(next || undefined);
        }, REST_MS);
      }}
    />
  );
}
