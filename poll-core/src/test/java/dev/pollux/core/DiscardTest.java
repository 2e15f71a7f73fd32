package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.stream.Gap;
import dev.pollux.stream.Indexed;
import dev.pollux.stream.Stamped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class DiscardTest {

  private final List<Object> seen = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final Discard discard =
      Discard.closing(seen::add, (failure, origin) -> failures.add(failure));

  @Test
  void aCloseableIsClosedAndTheRestIsShownToTheHook() {
    AtomicInteger closes = new AtomicInteger();
    AutoCloseable closeable = closes::incrementAndGet;
    discard.discard(closeable);
    discard.discard("element");
    discard.discard(null);
    assertThat(closes).hasValue(1);
    assertThat(seen).containsExactly("element");
    assertThat(failures).isEmpty();
  }

  @Test
  void whatTheLibraryWrappedIsUnwrapped() {
    AtomicInteger closes = new AtomicInteger();
    AutoCloseable closeable = closes::incrementAndGet;
    discard.discard(Optional.of(closeable));
    discard.discard(Optional.empty());
    AtomicInteger cancels = new AtomicInteger();
    Future<AutoCloseable> loser = Futures.pollFn(cx -> Poll.pending(), cancels::incrementAndGet);
    discard.discard(new Selected<>(0, Poll.ready(closeable), null, List.of(loser)));
    discard.discard(new Indexed<>(0, closeable));
    discard.discard(new Stamped<>(0, closeable));
    discard.discard(new Gap<>(0, closeable));
    assertThat(closes).hasValue(5);
    assertThat(cancels).hasValue(1);
    assertThat(seen).isEmpty();
  }

  @Test
  void aCloseThatThrowsIsReportedAndGoesNoFurther() {
    IOException failure = new IOException("disk");
    AutoCloseable closeable =
        () -> {
          throw failure;
        };
    discard.discard(closeable);
    assertThat(failures).containsExactly(failure);
  }

  @Test
  void anInterruptInACloseStaysSet() {
    AutoCloseable closeable =
        () -> {
          throw new InterruptedException();
        };
    discard.discard(closeable);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aHookAndAHandlerThatThrowAreLoggedAndGoNoFurther() {
    List<Throwable> logged = new ArrayList<>();
    Logger logger = Logger.getLogger("dev.pollux");
    logger.setFilter(
        entry -> {
          logged.add(entry.getThrown());
          return false;
        });
    Error hook = new AssertionError("hook");
    Error handler = new AssertionError("handler");
    try {
      Discard broken =
          Discard.closing(
              value -> {
                throw hook;
              },
              (failure, origin) -> {
                throw handler;
              });
      broken.discard("element");
    } finally {
      logger.setFilter(null);
    }
    assertThat(logged).containsExactly(hook, handler);
  }

  @Test
  void theProcessDefaultCanBeReplacedAndRestored() {
    UncaughtFailureHandler before =
        UncaughtFailureHandler.setProcessDefault((failure, origin) -> failures.add(failure));
    try {
      Error error = new AssertionError("no");
      Discard.closing().uncaught(error, "a test");
      assertThat(failures).containsExactly(error);
    } finally {
      UncaughtFailureHandler.setProcessDefault(before);
    }
  }
}
