package dev.pollux.tck;

import dev.pollux.core.Futures;
import dev.pollux.streams.Streams;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Factory;

/** A publisher of a future: at most one element. */
public class FuturePublisherTest extends PublisherVerification<Long> {

  private final Workers workers;
  private Carrier carrier;

  @Factory(dataProvider = "workers", dataProviderClass = Workers.class)
  public FuturePublisherTest(Workers workers) {
    super(Carrier.environment(), Carrier.REFERENCE_GC_MILLIS);
    this.workers = workers;
  }

  @BeforeClass
  public void start() {
    carrier = Carrier.start(workers);
  }

  @AfterClass(alwaysRun = true)
  public void stop() {
    carrier.close();
  }

  @Override
  public Publisher<Long> createPublisher(long elements) {
    return Streams.futurePublisher(
        () -> Futures.ready(elements == 0 ? null : Long.valueOf(7)), carrier.runtime());
  }

  @Override
  public Publisher<Long> createFailedPublisher() {
    return Streams.futurePublisher(
        () -> Futures.failed(new IllegalStateException("meant to fail")), carrier.runtime());
  }

  @Override
  public long maxElementsFromPublisher() {
    return 1;
  }
}
