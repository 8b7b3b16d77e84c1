/** A link that looks like a button: one stop for the keyboard, and it opens in a new tab like any link. */
import { createLink } from "@tanstack/react-router";
import { Button } from "antd";

export const LinkButton = createLink(Button);
