/** Tests speak every language from their first line on. */
import { learn } from "./catalogue";

await Promise.all([learn("en"), learn("zh-CN")]);
