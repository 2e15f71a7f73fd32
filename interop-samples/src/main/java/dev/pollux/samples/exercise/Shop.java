package dev.pollux.samples.exercise;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.sync.Mpsc;
import dev.pollux.sync.Oneshot;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The application that exercise 5 profiles: five tasks that go on until the runtime is closed. One
 * computes too long between two yields, and one waits for what never comes; who profiles it does not
 * know which.
 */
final class Shop {

  /** So often must each task that moves have done its work, before there is something to see. */
  private static final int ROUNDS = 20;

  private static final int NUMBERS = 3_000_000;

  private final CountDownLatch orders = new CountDownLatch(ROUNDS);
  private final CountDownLatch prices = new CountDownLatch(ROUNDS);
  private final CountDownLatch statistics = new CountDownLatch(ROUNDS);
  private final CountDownLatch heartbeats = new CountDownLatch(ROUNDS);

  /** Where the archive's answer would come from; kept, so that it is not known to be lost. */
  private final Oneshot.Sender<String> archive;

  private Shop(Oneshot.Sender<String> archive) {
    this.archive = archive;
  }
}
