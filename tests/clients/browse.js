// What Relay's store shows of the list while its pages are read and the feed is followed.

import { followFeed } from './feed.js';
import { ended, onLeave, settings, showState, tell } from './page.js';
import { connect } from './relay.js';
import { openSession } from './session.js';

const PAGE = 2;
const session = openSession(settings);
const { environment, list, inbox, more, subscribe } = connect(session);
const leaving = new AbortController();
onLeave(() => leaving.abort());

const shown = () => environment.lookup(list.fragment).data.conversations;
const tellShown = () => tell('shown', shown());

await followFeed({
  session,
  async load() {
    const { viewer } = await inbox(PAGE);
    tellShown();
    while (shown().pageInfo.hasNextPage) {
      await more(PAGE, shown().pageInfo.endCursor);
      tellShown();
    }
    return viewer.feedCursor;
  },
  subscribe,
  apply: tellShown,
  onState: showState,
  signal: leaving.signal,
});
ended();
