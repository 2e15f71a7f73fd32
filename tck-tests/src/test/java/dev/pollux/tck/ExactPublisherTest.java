package dev.pollux.tck;

import dev.pollux.streams.DemandMode;
import dev.pollux.streams.Streams;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Factory;

/** A cold publisher that pulls nothing beyond demand, of a source that knows its end. */
public class ExactPublisherTest extends PublisherVerification<Long> {

  private final Workers workers;
  private final Ahead ahead = new Ahead();
  private Carrier carrier;

  @Factory(dataProvider = "workers", dataProviderClass = Workers.class)
  public ExactPublisherTest(Workers workers) {
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
    ahead.assertAtMost(0);
  }

  @Override
  public Publisher<Long> createPublisher(long elements) {
    return ahead.watch(
        Streams.toPublisher(() -> Carrier.source(elements), carrier.runtime(), DemandMode.EXACT));
  }

  @Override
  public Publisher<Long> createFailedPublisher() {
    return Streams.toPublisher(() -> Carrier.source(1), Carrier.closed(), DemandMode.EXACT);
  }
}
