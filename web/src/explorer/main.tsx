import "./workers";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./explorer.css";
import { createRoot } from "react-dom/client";
import { readPageSettings } from "../settings";
import { Explorer } from "./Explorer";

const root = document.getElementById("root");
if (root) createRoot(root).render(<Explorer isDemo={readPageSettings().isDemo} />);
