import { Component, type ReactNode } from "react";
import { texts } from "../../texts";
import { Blank } from "./Blank";

/**
 * Shows a word and a way on where something could not be drawn. What is written and not yet sent is
 * outside of it, and still there when the drawing is tried again.
 */
export class Boundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
	override state = { hasFailed: false };

	static getDerivedStateFromError() {
		return { hasFailed: true };
	}

	override render() {
		if (!this.state.hasFailed) return this.props.children;
		return (
			<main className="page-alone">
				<Blank icon="warning" title={texts.notDrawn} hint={texts.notDrawnHint}>
					<button
						type="button"
						className="button button-primary"
						onClick={() => this.setState({ hasFailed: false })}
					>
						{texts.tryAgain}
					</button>
				</Blank>
			</main>
		);
	}
}
