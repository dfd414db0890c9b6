import type { Refusal } from "../../model/state";
import { texts } from "../../texts";
import { alertFailure, alertPerson } from "../parts/notices";

interface Payload {
	errors: Refusal[];
}

/** Does it, or says why it was not done; null where it was not. */
export async function attempt<P extends Payload>(
	work: Promise<{ payload: P | null }>,
): Promise<P | null> {
	try {
		const { payload } = await work;
		const refusal = payload?.errors[0];
		if (refusal) alertPerson(texts.errors[refusal.code]);
		return refusal ? null : payload;
	} catch {
		alertFailure();
		return null;
	}
}
