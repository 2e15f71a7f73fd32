package dev.pollux.streams.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The demand word against a model that counts without bounds. */
class DemandPropertyTest {

  private static final BigInteger UNBOUNDED = BigInteger.valueOf(Long.MAX_VALUE);

  @Provide
  Arbitrary<List<Long>> steps() {
    return Arbitraries.oneOf(
            Arbitraries.longs().between(1, 300),
            Arbitraries.longs().between(Long.MAX_VALUE - 10, Long.MAX_VALUE),
            Arbitraries.longs().between(-200, -1)) // settle up to so many
        .list()
        .ofMaxSize(40);
  }

  @Property(tries = 500)
  void demandIsTheSumOfRequestsLessWhatWasEmittedUntilItIsUnbounded(
      @ForAll("steps") List<Long> steps) {
    Demand demand = new Demand();
    BigInteger model = BigInteger.ZERO;
    for (long step : steps) {
      if (step > 0) {
        demand.request(step);
        model = model.add(BigInteger.valueOf(step)).min(UNBOUNDED);
      } else {
        long emitted = Math.min(-step, demand.get());
        long open = demand.settle(emitted);
        if (!model.equals(UNBOUNDED)) {
          model = model.subtract(BigInteger.valueOf(emitted));
        }
        assertThat(open).isEqualTo(model.longValueExact());
      }
      assertThat(demand.get()).isEqualTo(model.longValueExact());
    }
  }
}
