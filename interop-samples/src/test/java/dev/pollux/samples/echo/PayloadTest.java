package dev.pollux.samples.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 64, 1000, 100_000, 600_000})
  void aRequestInPartsComesBackInOtherParts(int size) {
    Payload payload = new Payload(size);
    for (int request = 0; request < 50; request++) {
      int offset = payload.offset(3, request);
      ByteBuffer wire = ByteBuffer.allocate(size);
      for (int done = 0; done < size; done = wire.position()) {
        ByteBuffer rest = payload.unsent(offset, done);
        assertThat(rest.remaining()).isEqualTo(size - done);
        wire.put(rest.slice().limit(Math.min(rest.remaining(), 1 + size / 3)));
      }
      wire.flip();
      for (int done = 0; done < size; ) {
        ByteBuffer room = payload.room(done);
        int count = Math.min(room.remaining(), Math.min(size - done, 1 + size / 7));
        room.put(wire.slice(done, count));
        assertThat(payload.isExpected(offset, done, count)).isTrue();
        done += count;
      }
    }
  }

  @Test
  void theEchoOfAnotherRequestOrConnectionIsNotExpected() {
    Payload payload = new Payload(64);
    int offset = payload.offset(0, 0);
    for (int[] other : new int[][] {{0, 1}, {1, 0}, {0, 251}, {251, 0}, {7, 256}}) {
      payload.room(0).put(payload.unsent(payload.offset(other[0], other[1]), 0));
      assertThat(payload.isExpected(offset, 0, 64)).as(other[0] + ", " + other[1]).isFalse();
    }
  }

  @Test
  void aByteThatIsWrongOrTooManyIsFound() {
    Payload payload = new Payload(64);
    int offset = payload.offset(0, 0);
    ByteBuffer room = payload.room(0);
    assertThat(room.remaining()).isEqualTo(65);
    room.put(payload.unsent(offset, 0)).put((byte) 0);
    assertThat(payload.isExpected(offset, 0, 65)).isFalse();

    room = payload.room(0).put(payload.unsent(offset, 0));
    room.put(63, (byte) ~room.get(63));
    assertThat(payload.isExpected(offset, 0, 64)).isFalse();
  }
}
