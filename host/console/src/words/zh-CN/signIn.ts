/** 语句：登录页，先于其他语句加载。 */
import type { Sentence } from "../say";
import type { signIn as en } from "../en/signIn";

export const signIn: Record<keyof typeof en, Sentence> = {
  "app.title": "Rialto",
  "signIn.title": "登录",
  "signIn.lead": "账目清楚的营销：客户分群、营销活动与成效，都在您自己的机器上。",
  "signIn.email": "邮箱",
  "signIn.password": "密码",
  "signIn.workspace": "工作空间",
  "signIn.workspaceHelp": "仅当本机有多个工作空间时填写：其简称。",
  "signIn.submit": "登录",
  "signIn.emailNeeded": "请输入邮箱。",
  "signIn.passwordNeeded": "请输入密码。",
  "signIn.show": "显示",
  "signIn.hide": "隐藏",
  "signIn.forgotten": "忘记密码？请有用户管理权限的同事发邀请，重新设置密码。",
  "language.label": "语言",
  "theme.label": "主题",
  "theme.light": "浅色",
  "theme.dark": "深色",
  "theme.system": "跟随系统",
  "error.unreachable": "无法连接主机",
  "error.unreachableWhat": "网络中断或主机正在重启。已输入的内容仍在，请稍后重试。",
  "error.mute": "请求被拒绝，未说明原因（状态码 {status}）",
  "error.muteWhat": "浏览器与主机之间的某个环节中断了请求，例如代理自身的限制或网络故障。您填写的内容仍在。",
  "error.crash": "页面的这一部分出错了",
  "error.crashWhat": "这是我们的问题，不是您的操作造成的。请重试；控制台的其余部分仍可使用。",
  "error.request": "请求编号 {id}",
};
