// What a list read from Apollo's cache shows while the feed is followed: nothing is put into it.

import { gql } from '@apollo/client';
import { connect } from './apollo.js';
import { INBOX } from './documents.js';
import { followFeed } from './feed.js';
import { ended, onLeave, settings, showState, tell } from './page.js';
import { openSession } from './session.js';

const session = openSession(settings);
const { client, inbox, subscribe } = connect(session);
const leaving = new AbortController();
onLeave(() => leaving.abort());

client
  .watchQuery({ query: gql(INBOX), fetchPolicy: 'cache-only' })
  .subscribe(({ data }) => tell('shown', data ?? null));

await followFeed({
  session,
  load: async () => (await inbox()).viewer.feedCursor,
  subscribe,
  apply() {},
  onState: showState,
  signal: leaving.signal,
});
ended();
