package dev.pollux.io.codec;

import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All that comes out of a reader: frames as text, and failures as the names of their classes. */
final class Outcomes {

  private Outcomes() {}

  /** Reads to the end, or to a failure that is not resumable; the source pauses nowhere. */
  static List<String> of(FramedReader<?> reader) {
    List<String> outcomes = new ArrayList<>();
    PollHarness harness = PollHarness.create();
    while (true) {
      try {
        Next<?> next = poll(harness, reader);
        if (next.isEnd()) {
          outcomes.add("end");
          return outcomes;
        }
        if (!next.isPending()) {
          outcomes.add(text(next.value()));
        } else if (!harness.woken()) {
          throw new AssertionError("pending, and nothing wakes it; so far " + outcomes);
        }
      } catch (FrameException wrong) {
        outcomes.add(wrong.getClass().getSimpleName());
        if (!wrong.isResumable()) {
          return outcomes;
        }
      } catch (TruncatedFrameException cut) {
        outcomes.add("TruncatedFrameException");
        return outcomes;
      } catch (IOException other) {
        throw new AssertionError(other);
      }
    }
  }

  private static Next<?> poll(PollHarness harness, FramedReader<?> reader) throws IOException {
    try {
      Poll<Next<?>> answer = harness.poll(cx -> Poll.ready(reader.pollFrame(cx)));
      return answer.value();
    } catch (IOException | RuntimeException failure) {
      throw failure;
    } catch (Exception impossible) {
      throw new AssertionError(impossible);
    }
  }

  /**
   * As {@link #of}, from a source that pauses: by futures each of which is cancelled once it is
   * pending.
   */
  static List<String> ofCancelled(FramedReader<?> reader, ScriptedRead source) throws Exception {
    List<String> outcomes = new ArrayList<>();
    PollHarness harness = PollHarness.create();
    while (true) {
      Future<? extends Optional<?>> next = reader.next();
      try {
        Poll<? extends Optional<?>> answer = harness.poll(next);
        if (answer.isPending()) {
          next.cancel();
          source.arrive();
        } else if (answer.value().isEmpty()) {
          outcomes.add("end");
          return outcomes;
        } else {
          outcomes.add(text(answer.value().get()));
        }
      } catch (FrameException wrong) {
        outcomes.add(wrong.getClass().getSimpleName());
        if (!wrong.isResumable()) {
          return outcomes;
        }
      } catch (TruncatedFrameException cut) {
        outcomes.add("TruncatedFrameException");
        return outcomes;
      }
    }
  }

  static String text(Object frame) {
    return frame instanceof ByteBuffer bytes
        ? StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString()
        : frame.toString();
  }
}
