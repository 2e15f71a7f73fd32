package dev.pollux.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.Waiting.Gate;
import java.lang.management.ManagementFactory;
import java.util.Set;
import javax.management.JMX;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PolluxRuntimeMXBeanTest {

  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  private static Set<ObjectName> named(String name) throws Exception {
    return SERVER.queryNames(
        new ObjectName("dev.pollux:type=PolluxRuntime,name=" + ObjectName.quote(name) + ",*"),
        null);
  }

  @Test
  void aRuntimeIsShownFromItsBuildingToItsClose() throws Exception {
    MultiThreadRuntime runtime =
        PolluxRuntime.builder().name("shown: \"it\"").workers(2).mxBean(true).multiThread();
    ObjectName name = named("shown: \"it\"").iterator().next();
    PolluxRuntimeMXBean bean = JMX.newMXBeanProxy(SERVER, name, PolluxRuntimeMXBean.class);
    assertThat(bean.getName()).isEqualTo("shown: \"it\"");
    assertThat(bean.getWorkers()).isEqualTo(2);
    JoinHandle<?> waiting = runtime.spawn("waits", new Gate());
    int one = runtime.blockOn(Futures.ready(1));
    assertThat(one).isEqualTo(1);
    Waiting.await(() -> bean.getLiveTasks() == 1);
    assertThat(bean.getSpawnedTasks()).isEqualTo(2);
    Waiting.await(() -> bean.dump(10).matches("(?s).*\"waits\".* WAITING, age.*"));
    Waiting.await(() -> bean.getPollTimeBuckets().length > 0);
    assertThat(bean.getPollTimeMaxNanos()).isPositive();
    for (MBeanAttributeInfo attribute : SERVER.getMBeanInfo(name).getAttributes()) {
      assertThat(SERVER.getAttribute(name, attribute.getName()))
          .as(attribute.getName())
          .isNotNull();
    }
    waiting.requestCancel();
    runtime.close();
    assertThat(named("shown: \"it\"")).isEmpty();
  }

  @Test
  void aCurrentThreadRuntimeIsShownToo() throws Exception {
    try (CurrentThreadRuntime runtime =
        PolluxRuntime.builder().name("here").mxBean(true).currentThread()) {
      ObjectName name = named("here").iterator().next();
      int one = runtime.blockOn(Futures.ready(1));
      assertThat(one).isEqualTo(1);
      assertThat(SERVER.getAttribute(name, "CompletedTasks")).isEqualTo(1L);
      assertThat(SERVER.getAttribute(name, "Workers")).isEqualTo(1);
    }
    assertThat(named("here")).isEmpty();
  }

  @Test
  void runtimesMayHaveTheSameName() throws Exception {
    RuntimeBuilder builder = PolluxRuntime.builder().name("twin").workers(1).mxBean(true);
    try (MultiThreadRuntime first = builder.multiThread();
        MultiThreadRuntime second = builder.multiThread()) {
      assertThat(first.name()).isEqualTo(second.name());
      assertThat(named("twin")).hasSize(2);
    }
    assertThat(named("twin")).isEmpty();
  }

  @Test
  void nothingIsShownUnlessAskedFor() throws Exception {
    try (MultiThreadRuntime runtime =
        PolluxRuntime.builder().name("hidden").workers(1).multiThread()) {
      assertThat(runtime.name()).isEqualTo("hidden");
      assertThat(named("hidden")).isEmpty();
    }
  }

  @Test
  void aBadRequestIsAnsweredByName() throws Exception {
    try (MultiThreadRuntime runtime =
        PolluxRuntime.builder().name("strict").workers(1).mxBean(true).multiThread()) {
      PolluxRuntimeMXBean bean =
          JMX.newMXBeanProxy(
              SERVER, named(runtime.name()).iterator().next(), PolluxRuntimeMXBean.class);
      assertThatThrownBy(() -> bean.dump(0)).hasMessage("mostTasks must be at least 1, was 0");
    }
  }
}
