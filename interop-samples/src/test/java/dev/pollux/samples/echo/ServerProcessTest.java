package dev.pollux.samples.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a server is started. */
class ServerProcessTest {

  @ParameterizedTest
  @EnumSource
  void theServerIsToldItsKindThoughItIsTheUsualOne(ServerKind kind) {
    List<String> command = ServerProcess.command(new ServerOptions(kind, 0), List.of("Main"));
    assertThat(command).endsWith("Main", "--" + kind);
  }

  @Test
  void theServerIsToldHowManyWorkersItHas() {
    ServerOptions options = new ServerOptions(ServerKind.MULTI_THREAD, 3);
    assertThat(ServerProcess.command(options, List.of("Main")))
        .endsWith("Main", "--multi-thread", "--workers=3");
  }
}
