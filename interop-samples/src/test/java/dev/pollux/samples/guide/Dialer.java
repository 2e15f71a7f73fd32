package dev.pollux.samples.guide;

import java.io.Closeable;
import java.util.function.BiConsumer;

/** Somebody else's API: it calls back once, on a thread of its own. */
interface Dialer {

  /** Begins to dial. The callback gets a session and null, or null and the failure. */
  Attempt dial(String host, BiConsumer<Session, Exception> callback);

  /** What has been begun. */
  interface Attempt {
    /** Asks it to stop, which may be too late. */
    void abort();
  }

  /** What was dialled for. */
  interface Session extends Closeable {}
}
