// What graphql-ws does on each close code given, and where nobody listens: one line of JSON.

import { once } from 'node:events';
import { createClient } from 'graphql-ws';
import { WebSocket, WebSocketServer } from 'ws';

const LOST = 1006; // told to nobody: the connection is simply gone

/** How often it connects, of two times at most: an acknowledged connection resets its count. */
async function attempts(options) {
  let count = 0;
  await new Promise((resolve) => {
    const client = createClient({
      webSocketImpl: WebSocket,
      retryWait: async () => {},
      ...options,
      on: {
        connecting() {
          count += 1;
          if (count === 2) resolve();
        },
      },
    });
    client.subscribe({ query: '{ a }' }, { next() {}, error: resolve, complete: resolve });
  });
  return count;
}

async function isRetried(code) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.once('message', () => {
      socket.send('{"type": "connection_ack"}', () =>
        code === LOST ? socket.terminate() : socket.close(code),
      );
    });
  });
  const url = `ws://127.0.0.1:${server.address().port}`;
  const count = await attempts({ url, shouldRetry: () => true });
  server.close();
  return [code, count > 1];
}

async function attemptsWhereNobodyListens(options) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${server.address().port}`;
  server.close();
  await once(server, 'close');
  return attempts({ url, ...options });
}

const codes = process.argv.slice(2).map(Number);
const told = {
  retried: Object.fromEntries(await Promise.all(codes.map(isRetried))),
  refused: {
    byDefault: await attemptsWhereNobodyListens({}),
    always: await attemptsWhereNobodyListens({ shouldRetry: () => true }),
  },
};
process.stdout.write(JSON.stringify(told), () => process.exit());
