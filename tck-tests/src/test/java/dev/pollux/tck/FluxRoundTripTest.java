package dev.pollux.tck;

import dev.pollux.streams.reactor.ReactorStreams;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** A {@code Flux} of an iterator of a {@code Flux}, with a small ring between. */
public class FluxRoundTripTest extends PublisherVerification<Long> {

  private Carrier carrier;

  public FluxRoundTripTest() {
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
        () ->
            ReactorStreams.fromFlux(
                ReactorStreams.toFlux(() -> Carrier.source(elements), carrier.runtime()), 4),
        carrier.runtime());
  }

  @Override
  public Publisher<Long> createFailedPublisher() {
    return ReactorStreams.toFlux(() -> Carrier.source(1), Carrier.closed());
  }
}
