import { createRoot } from "react-dom/client";
import { Account } from "./session/account";
import { readPageSettings } from "./settings";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/shell.css";
import "./styles/messages.css";
import "./styles/pages.css";
import { texts } from "./texts";
import { Root } from "./ui/Root";

document.documentElement.lang = texts.locale;
document.documentElement.dir = texts.direction;

const settings = readPageSettings();
const account = new Account(settings);
const element = document.getElementById("root");
if (element) createRoot(element).render(<Root account={account} settings={settings} />);
