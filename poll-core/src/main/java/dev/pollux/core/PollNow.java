package dev.pollux.core;

import dev.pollux.spi.Services;
import org.jspecify.annotations.Nullable;

/** Polls a future once, outside of any task: {@link Future#pollNow()}. */
final class PollNow {

  private static final Services NO_RUNTIME =
      new Services() {
        @Override
        public String name() {
          return "pollNow";
        }
      };

  private PollNow() {}

  static <T extends @Nullable Object> Poll<T> of(Future<T> future) throws Exception {
    Poller poller = new Poller(NO_RUNTIME, 0, false);
    Poller before = poller.attach();
    try {
      Poll<T> answer = poller.poll(future, Waker.noop());
      if (answer.isPending()) {
        poller.cancel(future, Waker.noop());
      }
      return answer;
    } finally {
      Poller.reattach(before);
    }
  }
}
