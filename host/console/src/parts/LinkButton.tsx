/** A link that looks like a button: one stop for the keyboard, and it opens in a new tab like any link. */
import { createLink, type LinkComponent } from "@tanstack/react-router";
import { Button, type ButtonProps } from "antd";

type Look = ButtonProps["type"];

/** The router keeps `type` from what a link draws, as it means something else to an `a`: it goes by under another name. */
const Drawn = createLink(({ look, ...props }: Omit<ButtonProps, "type"> & { look?: Look }) => <Button {...props} {...(look && { type: look })} />);

export const LinkButton = (({ type, ...props }: ButtonProps) => <Drawn {...(props as { to: string })} {...(type && { look: type })} />) as unknown as LinkComponent<typeof Button>;
