// Runs the example of a page that frames ours: what it answers to whom, as one line of JSON.

const listeners = [];
const frame = { contentWindow: { name: 'ours' }, src: null };
globalThis.document = { querySelector: () => frame };
globalThis.addEventListener = (type, listener) => listeners.push(listener);
globalThis.fetchToken = async () => 'a token';

await import('./lms.js');

async function answers(change) {
  const told = [];
  frame.contentWindow.postMessage = (...given) => told.push(given);
  const stranger = { postMessage: (...given) => told.push(given) };
  const event = {
    origin: 'https://messages.example',
    source: frame.contentWindow,
    data: { type: 'lms-messages:token-wanted' },
    ...change(stranger),
  };
  for (const listener of listeners) await listener(event);
  return told;
}

process.stdout.write(
  JSON.stringify({
    src: frame.src,
    ours: await answers(() => ({})),
    others: [
      await answers(() => ({ origin: 'https://elsewhere.example' })),
      await answers((stranger) => ({ source: stranger })),
      await answers(() => ({ data: { type: 'hello' } })),
      await answers(() => ({ data: null })),
    ],
  }),
);
