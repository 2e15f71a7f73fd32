package dev.pollux.tck;

import dev.pollux.streams.DemandMode;
import dev.pollux.streams.Streams;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** As {@link ExactPublisherTest}, for Flow. */
public class ExactFlowPublisherTest extends FlowPublisherVerification<Long> {

  private Carrier carrier;

  public ExactFlowPublisherTest() {
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
    return Streams.toFlowPublisher(
        () -> Carrier.source(elements), carrier.runtime(), DemandMode.EXACT);
  }

  @Override
  public Flow.Publisher<Long> createFailedFlowPublisher() {
    return Streams.toFlowPublisher(() -> Carrier.source(1), Carrier.closed(), DemandMode.EXACT);
  }
}
