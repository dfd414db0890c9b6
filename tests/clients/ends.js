// What graphql-sse does on each end of a stream, and what it makes of ours: one line of JSON.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { createClient } from 'graphql-sse';

const [url, token] = process.argv.slice(2);

const ends = {
  complete: (response) => response.end('event: complete\ndata: \n\n'),
  cutOff: (response) => response.destroy(),
};

/** How often it connects, of two times at most, to what answers so. */
async function attempts(end, status = 200) {
  let count = 0;
  const server = createServer((_, response) => {
    response.writeHead(status, { 'Content-Type': 'text/event-stream' });
    response.write(':\n\n');
    setTimeout(() => end(response), 50);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await new Promise((resolve) => {
    const client = createClient({
      url: `http://127.0.0.1:${server.address().port}`,
      retry: async () => {},
      on: {
        connecting() {
          count += 1;
          if (count === 2) resolve();
        },
      },
    });
    client.subscribe({ query: '{ a }' }, { next() {}, error: resolve, complete: resolve });
  });
  server.close();
  return count;
}

/** All that it tells of an operation. */
async function told(query) {
  const headers = { Authorization: `Bearer ${token}` };
  const client = createClient({ url, headers, retryAttempts: 0 });
  const results = [];
  for await (const result of client.iterate({ query })) results.push(result);
  return results;
}

const found = {
  attempts: {
    complete: await attempts(ends.complete),
    cutOff: await attempts(ends.cutOff),
    tooMany: await attempts(ends.complete, 429),
  },
  query: await told('{ __typename }'),
  unknown: await told('subscription { nothing }'),
  lost: await told('subscription { feed(after: "x") { cursor } }'),
};
process.stdout.write(JSON.stringify(found), () => process.exit());
