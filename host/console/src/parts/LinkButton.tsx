/** A link that looks like a button: one stop for the keyboard, and it opens in a new tab like any link. */
import { createLink, type LinkComponent } from "@tanstack/react-router";
import { Button, type ButtonProps } from "antd";

const Looking = createLink(({ look, ...rest }: ButtonProps & { look?: ButtonProps["type"] }) => <Button {...rest} {...(look && { type: look })} />);

type Props = Parameters<typeof Looking>[0] & Pick<ButtonProps, "type">;

// The router drops `type` on its way: a link has none. So it travels by another name.
export const LinkButton = (({ type, ...rest }: Props) => <Looking {...rest} look={type} />) as unknown as LinkComponent<typeof Button>;
