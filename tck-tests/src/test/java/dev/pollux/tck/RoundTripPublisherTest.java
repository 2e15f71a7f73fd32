package dev.pollux.tck;

import dev.pollux.streams.DemandMode;
import dev.pollux.streams.Streams;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Factory;

/** Out, in, and out again: a publisher of an iterator of a publisher, with a small ring between. */
public class RoundTripPublisherTest extends PublisherVerification<Long> {

  private final Workers workers;
  private Carrier carrier;

  @Factory(dataProvider = "workers", dataProviderClass = Workers.class)
  public RoundTripPublisherTest(Workers workers) {
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
    return Streams.toPublisher(
        () ->
            Streams.fromPublisher(
                Streams.toPublisher(() -> Carrier.source(elements), carrier.runtime()), 4),
        carrier.runtime(),
        DemandMode.ONE_AHEAD);
  }

  @Override
  public Publisher<Long> createFailedPublisher() {
    return Streams.toPublisher(() -> Carrier.source(1), Carrier.closed(), DemandMode.ONE_AHEAD);
  }
}
