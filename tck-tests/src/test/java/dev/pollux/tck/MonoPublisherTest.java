package dev.pollux.tck;

import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.streams.reactor.ReactorStreams;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** A {@code Mono} of futures; of none, of a future of null. */
public class MonoPublisherTest extends PublisherVerification<Long> {

  private Carrier carrier;

  public MonoPublisherTest() {
    super(Carrier.environment(), Carrier.REFERENCE_GC_MILLIS);
  }

  @BeforeClass
  public void start() {
    carrier = Carrier.start();
  }

  @AfterClass(alwaysRun = true)
  public void stop() {
    carrier.close();
  }

  @Override
  public long maxElementsFromPublisher() {
    return 1;
  }

  @Override
  public Publisher<Long> createPublisher(long elements) {
    return ReactorStreams.<Long>toMono(
        () -> elements == 0 ? cx -> Poll.ready(null) : Futures.ready(0L), carrier.runtime());
  }

  @Override
  public Publisher<Long> createFailedPublisher() {
    return ReactorStreams.toMono(() -> Futures.ready(0L), Carrier.closed());
  }
}
