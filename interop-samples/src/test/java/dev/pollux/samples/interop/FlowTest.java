package dev.pollux.samples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.JoinHandle;
import dev.pollux.core.TaskFailedException;
import dev.pollux.streams.DemandMode;
import dev.pollux.streams.Streams;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.adapter.JdkFlowAdapter;

/** The publishers of the JDK, to and from async iterators. */
@Timeout(60)
class FlowTest {

  @RegisterExtension final DrivenRuntime driven = new DrivenRuntime();

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void aSubmissionPublisherIsRead() throws Exception {
    JoinHandle<List<Integer>> all;
    try (SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>()) {
      all =
          driven
              .runtime()
              .spawn(Streams.<Integer>fromFlowPublisher(publisher, 8).collect(Collectors.toList()));
      awaitSubscriber(publisher);
      for (int i = 0; i < 5000; i++) {
        publisher.submit(i);
      }
    }
    assertThat(all.join()).isEqualTo(numbers(0, 5000));
  }

  @Test
  void aSubmissionPublisherThatFailsFailsTheIterator() throws Exception {
    IOException failure = new IOException("disk");
    try (SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>()) {
      var task = driven.runtime().spawn(Streams.<Integer>fromFlowPublisher(publisher, 8).count());
      awaitSubscriber(publisher);
      publisher.submit(1);
      publisher.closeExceptionally(failure);
      assertThatThrownBy(task::join).isInstanceOf(TaskFailedException.class).hasCause(failure);
    }
  }

  @Test
  void leavingASubmissionPublisherUnsubscribes() throws Exception {
    try (SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>()) {
      var task =
          driven.runtime().spawn(Streams.<Integer>fromFlowPublisher(publisher, 8).take(1).count());
      awaitSubscriber(publisher);
      publisher.submit(1);
      assertThat(task.join()).isEqualTo(1);
      while (publisher.hasSubscribers()) { // it notices when it is looked at
        Thread.onSpinWait();
      }
    }
  }

  private static void awaitSubscriber(SubmissionPublisher<?> publisher) {
    while (!publisher.hasSubscribers()) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anIteratorIsReadAsAFlowPublisher(DemandMode mode) {
    Flow.Publisher<Integer> publisher =
        Streams.toOneShotFlowPublisher(ProbedSource.of(1000), driven.runtime(), mode);
    assertThat(JdkFlowAdapter.flowPublisherToFlux(publisher).collectList().block())
        .isEqualTo(numbers(0, 1000));
  }

  @Test
  void aFluxIsReadThroughTheJdksInterface() throws Exception {
    Flow.Publisher<Integer> publisher =
        JdkFlowAdapter.publisherToFlowPublisher(reactor.core.publisher.Flux.range(0, 1000));
    assertThat(driven.collect(Streams.<Integer>fromFlowPublisher(publisher, 16)))
        .isEqualTo(numbers(0, 1000));
  }
}
