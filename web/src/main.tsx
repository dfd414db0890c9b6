import { createRoot } from "react-dom/client";
import { SignIn } from "./session/signIn";
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
const signIn = new SignIn(settings);
const element = document.getElementById("root");
if (element) createRoot(element).render(<Root signIn={signIn} settings={settings} />);
