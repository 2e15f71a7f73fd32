package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DescriptionTest {

  /** A future that has nothing but a child. */
  private static final class Shell implements Future<Integer> {
    private final Future<Integer> body;

    Shell(Future<Integer> body) {
      this.body = body;
    }

    @Override
    public Poll<Integer> poll(Context cx) throws Exception {
      return body.poll(cx);
    }

    @Override
    public void describe(Description description) {
      description.child("body", body).child("absent", null);
    }
  }

  private static final class Leaf implements Future<Integer> {
    @Override
    public Poll<Integer> poll(Context cx) {
      return Poll.pending();
    }

    @Override
    public void describe(Description description) {
      description.name("leaf").with("n", 1).with("nothing", null).waitsFor("the moon");
    }
  }

  @Test
  void aTreeLeadsFromTheRootToItsLeaves() {
    Description tree = Description.of(new Shell(new Shell(new Leaf())));
    assertThat(tree.name()).isEqualTo("Shell");
    assertThat(tree)
        .hasToString(
            """
            Shell
              body: Shell
                body: leaf {n=1, nothing=null} waits for the moon""");
    Description leaf = tree.children().get(0).children().get(0);
    assertThat(leaf.role()).isEqualTo("body");
    assertThat(leaf.attributes()).containsEntry("n", "1");
    assertThat(leaf.waitsFor()).isEqualTo("the moon");
  }

  @Test
  void aTreeMayBeDeeperThanAStack() {
    Future<Integer> future = new Leaf();
    for (int i = 0; i < 100_000; i++) {
      future = new Shell(future);
    }
    assertThat(Description.of(future).toString()).endsWith("waits for the moon");
  }

  @Test
  void aDescribeThatThrowsSpoilsOnlyItsOwnLine() {
    Future<Integer> broken =
        new Future<>() {
          @Override
          public Poll<Integer> poll(Context cx) {
            return Poll.pending();
          }

          @Override
          public void describe(Description description) {
            description.name("broken");
            throw new IllegalStateException("no");
          }
        };
    assertThat(Description.of(new Shell(broken)).toString())
        .contains("broken {describe failed=java.lang.IllegalStateException: no}");
  }

  @Test
  void aDescriptionIsFinishedOnceDescribeHasReturned() {
    AtomicReference<Description> kept = new AtomicReference<>();
    Future<Integer> keeper =
        new Future<>() {
          @Override
          public Poll<Integer> poll(Context cx) {
            return Poll.pending();
          }

          @Override
          public void describe(Description description) {
            kept.set(description);
          }
        };
    assertThat(Description.of(keeper).children()).isEmpty();
    assertThatThrownBy(() -> kept.get().child("late", new Leaf()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aLambdaIsCalledALambda() {
    Future<Integer> lambda = cx -> Poll.pending();
    assertThat(Description.of(lambda).name()).isEqualTo("lambda");
  }
}
