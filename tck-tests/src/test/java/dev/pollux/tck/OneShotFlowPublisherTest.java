package dev.pollux.tck;

import dev.pollux.streams.DemandMode;
import dev.pollux.streams.Streams;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** As {@link OneShotPublisherTest}, for Flow. */
public class OneShotFlowPublisherTest extends FlowPublisherVerification<Long> {

  private Carrier carrier;

  public OneShotFlowPublisherTest() {
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
  public Flow.Publisher<Long> createFlowPublisher(long elements) {
    return Streams.toOneShotFlowPublisher(
        Carrier.source(elements), carrier.runtime(), DemandMode.ONE_AHEAD);
  }

  @Override
  public Flow.Publisher<Long> createFailedFlowPublisher() {
    return Streams.toOneShotFlowPublisher(
        Carrier.source(1), Carrier.closed(), DemandMode.ONE_AHEAD);
  }
}
