package dev.pollux.samples.echo;

import dev.pollux.testing.FutureConformance;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The futures of these commands keep their contract. */
class EchoFuturesConformTest {

  @TestFactory
  Stream<DynamicTest> connectionsOfAServerConform() {
    return Stream.of(
            FutureConformance.of(
                    "echo",
                    kit -> {
                      ScriptedPeer peer = new ScriptedPeer();
                      kit.event("send", () -> peer.send("abc"));
                      kit.event("end", peer::end);
                      return connection(peer);
                    })
                .expectValue(null),
            FutureConformance.of(
                    "echo that drains",
                    kit -> {
                      ScriptedPeer peer = new ScriptedPeer();
                      peer.room(1);
                      EchoConnection made = connection(peer);
                      kit.event("send", () -> peer.send("abc"));
                      kit.event("drain", made::drain);
                      kit.event("room", () -> peer.room(10));
                      kit.event("late", () -> peer.send("late"));
                      kit.event("end", peer::end);
                      return made;
                    })
                .expectValue(null),
            FutureConformance.of("echo of nothing", kit -> connection(new ScriptedPeer()))
                .expectNever())
        .flatMap(one -> one.checks().stream())
        .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
  }

  private static EchoConnection connection(ScriptedPeer peer) {
    return new EchoConnection(peer, peer, 1 << 16, new Tally(), ended -> {});
  }

  @TestFactory
  Stream<DynamicTest> connectionsOfALoadConform() {
    return Stream.of(
            FutureConformance.of(
                    "load",
                    kit -> {
                      ScriptedPeer server = new ScriptedPeer();
                      LoadNotes notes = new LoadNotes();
                      LoadConnection<ScriptedPeer> made =
                          new LoadConnection<>(notes, 3, kit.future("connect", server));
                      kit.event("echo", server::echo);
                      kit.event("open", notes.window::open);
                      kit.event("go on", made::goOn);
                      kit.event("echo", server::echo);
                      kit.event("end", server::end);
                      return made;
                    })
                .recovers()
                .expectValue(null),
            FutureConformance.of(
                    "load that hangs",
                    kit ->
                        new LoadConnection<>(
                            new LoadNotes(), 3, kit.future("connect", new ScriptedPeer())))
                .recovers()
                .expectNever())
        .flatMap(one -> one.checks().stream())
        .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
  }
}
