/** What the server tells the page about itself, in the element `#page-settings`. */
export interface PageSettings {
	/** Whether a person of the sample organisation can be picked to sign in. */
	isDemo: boolean;
	/** Whether `/graphql` answers a browser with the explorer. */
	hasExplorer: boolean;
	/** Origins of pages that may embed this one and pass it tokens. */
	parentOrigins: string[];
}

const NONE: PageSettings = { isDemo: false, hasExplorer: false, parentOrigins: [] };

export function readPageSettings(): PageSettings {
	const text = document.getElementById("page-settings")?.textContent;
	// Vite's own server leaves the place empty; it is used with the demo.
	if (!text) return { ...NONE, isDemo: import.meta.env.DEV };
	return { ...NONE, ...(JSON.parse(text) as Partial<PageSettings>) };
}
