package dev.pollux.samples.exercise;

import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.structure.CancellationToken;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Exercise 3: a future over a selector of its own, without the driver of the library.
 *
 * <p>Read {@link UdpInbox} first, of which the receive is the future, then {@link SelectorLoop},
 * the thread that wakes it.
 */
final class SelectorExercise {

  static final Exercise EXERCISE =
      new Exercise(
          3, "a future over a selector of its own, and UDP to verify it", SelectorExercise::run);

  private static final int DATAGRAMS = 1000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private SelectorExercise() {}

  private static void run(Narration out, CancellationToken stop) throws Exception {
    try (SelectorLoop loop = new SelectorLoop();
        UdpInbox inbox = new UdpInbox(loop);
        DatagramChannel sender = DatagramChannel.open()) {
      sender.connect(inbox.address());
      pollByHand(out, inbox, sender);
      if (!stop.isCancelled()) {
        receiveOnRuntime(out, loop, inbox, sender, stop);
      }
    }
  }

  private static void pollByHand(Narration out, UdpInbox inbox, DatagramChannel sender)
      throws Exception {
    out.say(
        "By hand first. A receive that finds nothing leaves its waker, asks the selector to look at the"
            + " channel, and answers Pending. A cancel takes both back.");
    PollHarness harness = PollHarness.create(); // one call of it is one poll
    Future<String> abandoned = inbox.receive();
    out.check("looked at before the first poll", inbox.isLookedAt(), false);
    out.check(
        "poll, with nothing there",
        harness.poll(abandoned).isPending() ? "Pending" : "Ready",
        "Pending");
    out.check("waker left, channel looked at", inbox.hasWaker() && inbox.isLookedAt());
    abandoned.cancel();
    out.check(
        "left after the cancel",
        inbox.hasWaker() || inbox.isLookedAt() ? "something" : "nothing",
        "nothing");
    send(sender, "first");
    try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
      out.check("the next receive gets", runtime.blockOn(inbox.receive(), PATIENCE), "first");
    }
  }

  private static void receiveOnRuntime(
      Narration out,
      SelectorLoop loop,
      UdpInbox inbox,
      DatagramChannel sender,
      CancellationToken stop)
      throws Exception {
    out.say(
        "Now "
            + DATAGRAMS
            + " datagrams on a runtime, whose own driver knows nothing of them. Each is sent only when it is"
            + " waited for, so each needs the selector to wake the task.");
    List<String> sent = IntStream.range(0, DATAGRAMS).mapToObj(i -> "datagram " + i).toList();
    long wakes = loop.wakes();
    Sending sending = new Sending(inbox, sender, sent);
    Optional<List<String>> received;
    try (PolluxRuntime runtime = PolluxRuntime.multiThread()) {
      sending.start();
      Future<List<String>> all =
          AsyncIterators.range(0, DATAGRAMS)
              .mapAsync(i -> inbox.receive().inspect(text -> sending.received()))
              .toList();
      received = runtime.blockOn(stop.runUntilCancelled(all.timeout(PATIENCE)));
    } finally {
      sending.interrupt();
      sending.join();
    }
    if (received.isPresent()) {
      out.check("datagrams received", received.get().size(), DATAGRAMS);
      out.check("all as they were sent", received.get().equals(sent));
      out.check("wakes by the selector", loop.wakes() - wakes, (long) DATAGRAMS);
      out.check(
          "left at the end",
          inbox.hasWaker() || inbox.isLookedAt() ? "something" : "nothing",
          "nothing");
    }
  }

  private static void send(DatagramChannel sender, String text) throws IOException {
    int unused = sender.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** A thread that sends each text when somebody waits for one. */
  private static final class Sending extends Thread {

    private final UdpInbox inbox;
    private final DatagramChannel sender;
    private final List<String> texts;
    private final AtomicInteger received = new AtomicInteger();

    Sending(UdpInbox inbox, DatagramChannel sender, List<String> texts) {
      super("sender");
      this.inbox = inbox;
      this.sender = sender;
      this.texts = texts;
    }

    /** Says that one more has come. */
    void received() {
      int unused = received.incrementAndGet();
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // on one core, the receiver needs it to go on
    public void run() {
      try {
        for (int i = 0; i < texts.size(); i++) {
          while (received.get() < i || !inbox.isLookedAt()) {
            if (isInterrupted()) {
              return;
            }
            Thread.yield();
          }
          send(sender, texts.get(i));
        }
      } catch (IOException failure) {
        // the receiver misses what was not sent, and says so
      }
    }
  }
}
