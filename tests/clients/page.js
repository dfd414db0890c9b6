// The page that the examples of docs/embedding.md are given: a test is its person. What happens is
// told line by line, and the lines that come are what the person does.

import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

/** As in a browser: an error that nobody listens to harms nobody. */
class BrowserSocket extends WebSocket {
  constructor(...given) {
    super(...given);
    this.on('error', () => {});
  }
}

globalThis.WebSocket ??= BrowserSocket; // Node 20 has none

// A page lives for hours: what only holds until garbage is collected shall not hold here either.
setInterval(globalThis.gc, 100).unref();

const wanted = [];
const leavings = [];
let send;

export function tell(kind, value = null) {
  process.stdout.write(`${JSON.stringify({ kind, value })}\n`);
}

const does = {
  token: (token) => wanted.shift()(token),
  leave: () => leavings.forEach((leave) => leave()),
  async send({ chat, body, key }) {
    try {
      tell('answer', await send(chat, body, key));
    } catch (error) {
      tell('failed', String(error));
    }
  },
};

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const { kind, value } = JSON.parse(line);
  does[kind](value);
});

export const settings = {
  url: process.env.MESSAGES_URL,
  timeoutSeconds: Number(process.env.TIMEOUT_SECONDS),
  fetchToken: () =>
    new Promise((resolve) => {
      wanted.push(resolve);
      tell('token wanted');
    }),
  onSignedOut: () => tell('signed out'),
};

export const showInbox = (inbox) => tell('inbox', inbox);
export const applyEntry = (entry) => tell('entry', entry);
export const showState = (state) => tell('state', state);
export const onSend = (given) => {
  send = given;
};
export const onLeave = (given) => leavings.push(given);

// Nothing of the examples may keep the process alive once the feed has ended.
export const ended = () => {
  tell('ended');
  lines.close();
  process.stdin.destroy();
};
