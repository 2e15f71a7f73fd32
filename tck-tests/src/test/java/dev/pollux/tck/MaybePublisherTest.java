package dev.pollux.tck;

import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.streams.rxjava.RxStreams;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** A {@code Maybe} of futures, seen as a publisher. */
public class MaybePublisherTest extends PublisherVerification<Long> {

  private Carrier carrier;

  public MaybePublisherTest() {
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
    return RxStreams.<Long>toMaybe(
            () -> elements == 0 ? cx -> Poll.ready(null) : Futures.ready(0L), carrier.runtime())
        .toFlowable();
  }

  @Override
  public Publisher<Long> createFailedPublisher() {
    return RxStreams.<Long>toMaybe(() -> Futures.ready(0L), Carrier.closed()).toFlowable();
  }
}
