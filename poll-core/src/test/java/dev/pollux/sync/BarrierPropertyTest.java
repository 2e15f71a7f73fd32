package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.spi.Services;
import dev.pollux.testing.CountingWaker;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Programs of those who come to a barrier and are cancelled at any time, against a model. */
class BarrierPropertyTest {

  private static final class Coming {
    final Future<Boolean> future;
    final CountingWaker waker = new CountingWaker();
    boolean hasCome;
    boolean mayGo;

    Coming(Barrier barrier) {
      this.future = barrier.await();
    }
  }

  @Property(tries = 2000)
  void aBarrierIsAsItsModelSays(
      @ForAll @IntRange(min = 1, max = 4) int parties,
      @ForAll @Size(max = 60) List<@IntRange(max = 9_999) Integer> program)
      throws Exception {
    Poller poller = new Poller(new Services() {}, 1, false);
    Barrier barrier = new Barrier(parties);
    List<Coming> all = new ArrayList<>();
    List<Coming> here = new ArrayList<>();
    for (int step : program) {
      if (all.isEmpty() || step % 10 < 3) {
        all.add(new Coming(barrier));
      } else {
        Coming chosen = all.get(step / 10 % all.size());
        if (step % 10 < 8) {
          boolean leads = !chosen.hasCome && here.size() == parties - 1;
          Poll<Boolean> answer = poller.poll(chosen.future, chosen.waker);
          assertThat(answer.isReady()).isEqualTo(leads || chosen.mayGo);
          if (answer.isReady()) {
            assertThat(answer.value()).isEqualTo(leads);
            all.remove(chosen);
          } else if (!chosen.hasCome) {
            chosen.hasCome = true;
            here.add(chosen);
          }
          if (leads) {
            here.forEach(other -> other.mayGo = true);
            here.clear();
          }
        } else {
          chosen.future.cancel();
          all.remove(chosen);
          here.remove(chosen);
        }
      }
      assertThat(barrier.waiting()).isEqualTo(here.size());
      for (Coming coming : all) {
        assertThat(coming.waker.count()).isEqualTo(coming.mayGo ? 1 : 0);
      }
    }
    for (Coming coming : all) {
      coming.future.cancel();
    }
    assertThat(barrier.waiting()).isZero();
  }
}
