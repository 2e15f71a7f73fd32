package dev.pollux.io.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class ScratchTest {

  private final Scratch scratch = Scratch.ofThread();

  @Test
  void whoeverBorrowsNextGetsTheSameBufferCleared() {
    ByteBuffer first = scratch.borrow(100);
    first.position(50);
    scratch.giveBack();
    ByteBuffer second = scratch.borrow(60);
    assertThat(second).isSameAs(first);
    assertThat(second.position()).isZero();
    assertThat(second.limit()).isEqualTo(60);
    scratch.giveBack();
  }

  @Test
  void eachDepthHasABufferOfItsOwn() {
    ByteBuffer[] lent = new ByteBuffer[10];
    for (int i = 0; i < lent.length; i++) {
      lent[i] = scratch.borrow(10 + i);
      for (int before = 0; before < i; before++) {
        assertThat(lent[i]).isNotSameAs(lent[before]);
      }
    }
    for (ByteBuffer ignored : lent) {
      scratch.giveBack();
    }
    assertThat(scratch.borrow(10)).isSameAs(lent[0]);
    scratch.giveBack();
    assertThatThrownBy(scratch::giveBack).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aLargerOneTakesThePlaceOfASmallerOneButAHugeOneIsNotKept() {
    assertThat(scratch.borrow(100_000).remaining()).isEqualTo(100_000);
    scratch.giveBack();
    ByteBuffer kept = scratch.borrow(131_072);
    scratch.giveBack();
    ByteBuffer huge = scratch.borrow(Scratch.LARGEST_KEPT + 1);
    assertThat(huge.remaining()).isEqualTo(Scratch.LARGEST_KEPT + 1);
    scratch.giveBack();
    assertThat(scratch.borrow(131_072)).isSameAs(kept);
    scratch.giveBack();
  }

  @Test
  void theOrderOfWhoHadItBeforeIsForgotten() {
    scratch.borrow(10).order(ByteOrder.LITTLE_ENDIAN);
    scratch.giveBack();
    assertThat(scratch.borrow(10).order()).isEqualTo(ByteOrder.BIG_ENDIAN);
    scratch.giveBack();
  }

  @Test
  void eachThreadHasItsOwn() throws Exception {
    Scratch[] other = new Scratch[1];
    Thread thread = new Thread(() -> other[0] = Scratch.ofThread());
    thread.start();
    thread.join();
    assertThat(other[0]).isNotNull().isNotSameAs(scratch);
  }
}
