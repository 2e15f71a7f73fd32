package dev.pollux.io;

import dev.pollux.executor.PolluxRuntime;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The connections of this package keep the contract of {@link AsyncByteStream}. */
class EveryStreamConformsTest {

  private final PolluxRuntime currentThread = PolluxRuntime.currentThread();
  private final PolluxRuntime twoWorkers = PolluxRuntime.builder().workers(2).multiThread();

  @AfterEach
  void close() {
    currentThread.close();
    twoWorkers.close();
  }

  private Stream<DynamicTest> tests(String name, AsyncByteStreamConformance.Ends ends) {
    return Stream.concat(
        AsyncByteStreamConformance.of(name + " on one thread", currentThread, ends).tests(),
        AsyncByteStreamConformance.of(name + " on two workers", twoWorkers, ends).tests());
  }

  private static AsyncByteStreamConformance.Ends around(
      int capacity, Function<AsyncByteStream, AsyncByteStream> wrap) {
    return () -> {
      Duplex ends = Io.duplex(capacity);
      return new Duplex(wrap.apply(ends.first()), wrap.apply(ends.second()));
    };
  }

  @TestFactory
  Stream<DynamicTest> duplex() {
    return List.of(10, 100, 1 << 16).stream()
        .flatMap(capacity -> tests("a duplex of " + capacity, () -> Io.duplex(capacity)));
  }

  @TestFactory
  Stream<DynamicTest> halvesThatAreJoined() {
    return tests(
        "a stream that was split and joined",
        around(
            1000,
            stream -> {
              Halves halves = stream.split();
              return Io.join(halves.reader(), halves.writer());
            }));
  }

  @TestFactory
  Stream<DynamicTest> buffers() {
    return List.of(1, 10, 1000, 100_000).stream()
        .flatMap(
            size ->
                tests(
                    "a stream with buffers of " + size,
                    around(
                        1000,
                        stream ->
                            Io.join(stream.bufferedReader(size), stream.bufferedWriter(size)))));
  }

  @TestFactory
  Stream<DynamicTest> views() {
    return tests(
        "a stream behind take and chain",
        around(
            1000,
            stream ->
                Io.join(Io.empty().chain(stream.take(Long.MAX_VALUE)).chain(Io.empty()), stream)));
  }
}
