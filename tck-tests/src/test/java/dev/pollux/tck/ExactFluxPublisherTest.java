package dev.pollux.tck;

import dev.pollux.streams.DemandMode;
import dev.pollux.streams.reactor.ReactorStreams;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** A cold {@code Flux} of iterators that pulls nothing without demand. */
public class ExactFluxPublisherTest extends PublisherVerification<Long> {

  private Carrier carrier;

  public ExactFluxPublisherTest() {
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
  public Publisher<Long> createPublisher(long elements) {
    return ReactorStreams.toFlux(
        () -> Carrier.source(elements), carrier.runtime(), DemandMode.EXACT);
  }

  @Override
  public Publisher<Long> createFailedPublisher() {
    return ReactorStreams.toFlux(() -> Carrier.source(1), Carrier.closed(), DemandMode.EXACT);
  }
}
