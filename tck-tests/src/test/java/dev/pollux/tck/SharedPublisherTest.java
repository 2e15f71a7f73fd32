package dev.pollux.tck;

import dev.pollux.stream.Shared;
import dev.pollux.stream.Sharing;
import dev.pollux.streams.Streams;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Factory;

/** A shared stream, published hot: each subscriber gets all that it replays. */
public class SharedPublisherTest extends PublisherVerification<Long> {

  private final Workers workers;
  private Carrier carrier;

  @Factory(dataProvider = "workers", dataProviderClass = Workers.class)
  public SharedPublisherTest(Workers workers) {
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
    return Streams.sharedPublisher(
        Sharing.of(Carrier.source(elements)).replaying(1_000), carrier.runtime());
  }

  @Override
  public Publisher<Long> createFailedPublisher() {
    Shared<Long> closed = Sharing.of(Carrier.source(1)).slowest(1);
    closed.close();
    return Streams.sharedPublisher(closed, carrier.runtime());
  }

  @Override
  public long maxElementsFromPublisher() {
    return 1_000;
  }
}
