package dev.pollux.io.net;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.spi.Unpolled;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks a name up by the system: see {@link NameLookup#system()}.
 *
 * @cancellation takes the call back if it has not begun
 * @threading confined to the polling task, as every future is
 */
final class SystemLookup implements Future<List<InetAddress>> {

  /** What is longer, by zeros in front, is a name to the JDK. */
  private static final int LONGEST_DOTTED_QUAD = "255.255.255.255".length();

  /** Null once over. */
  private @Nullable String name;

  /** The call that blocks; null before the first poll, and once over. */
  private @Nullable JoinHandle<List<InetAddress>> call;

  private Discard discard = Discard.closing();

  private SystemLookup(String name) {
    this.name = name;
  }

  static Future<List<InetAddress>> of(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name must not be empty");
    }
    return Unpolled.made(new SystemLookup(name));
  }

  @Override
  public Poll<List<InetAddress>> poll(Context cx) throws Exception {
    String name = this.name;
    if (name == null) {
      throw new PollAfterEndException("look-up of a name");
    }
    Unpolled.used(this);
    discard = cx.discard();
    JoinHandle<List<InetAddress>> call = this.call;
    try {
      if (call == null) {
        if (isLiteral(name)) {
          return answer(List.of(InetAddress.getAllByName(name)));
        }
        call =
            cx.blocking()
                .spawnBlocking("look-up of " + name, () -> List.of(InetAddress.getAllByName(name)));
        this.call = call;
      }
      Poll<List<InetAddress>> poll = call.poll(cx);
      return poll.isPending() ? poll : answer(poll.value());
    } catch (UnknownHostException failure) {
      end();
      throw named(name, failure);
    } catch (TaskFailedException failure) {
      end();
      throw failure.getCause() instanceof UnknownHostException unknown
          ? named(name, unknown)
          : failure;
    } catch (Throwable failure) {
      end();
      throw failure;
    }
  }

  private Poll<List<InetAddress>> answer(List<InetAddress> addresses) {
    end();
    return Poll.ready(addresses);
  }

  private void end() {
    name = null;
    call = null;
  }

  /** A failure of the waiter's own, which says what was looked up. */
  private static UnknownHostException named(String name, UnknownHostException failure) {
    String detail = String.valueOf(failure.getMessage());
    UnknownHostException named =
        new UnknownHostException(
            "can't look up " + (detail.startsWith(name) ? detail : name + ": " + detail));
    named.initCause(failure);
    return named;
  }

  /**
   * Whether the JDK finds the address in the text, and asks nobody. What is doubtful is no literal:
   * it takes a thread more, and no harm is done.
   */
  static boolean isLiteral(String name) {
    return isBehindColons(name) || isDottedQuad(name);
  }

  /** One with a colon that begins otherwise is a name to the JDK, and it asks for it. */
  private static boolean isBehindColons(String name) {
    char first = name.charAt(0);
    return name.indexOf(':') >= 0
        && (first == ':' || first == '[' || Character.digit(first, 16) >= 0);
  }

  private static boolean isDottedQuad(String name) {
    if (name.length() > LONGEST_DOTTED_QUAD) {
      return false;
    }
    int part = -1;
    int parts = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= '0' && c <= '9') {
        part = Math.max(part, 0) * 10 + (c - '0');
        if (part > 255) {
          return false;
        }
      } else if (c == '.' && part >= 0) {
        parts++;
        part = -1;
      } else {
        return false;
      }
    }
    return parts == 3 && part >= 0;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    JoinHandle<List<InetAddress>> call = this.call;
    String name = this.name;
    end();
    if (call != null) {
      try {
        call.cancel();
      } catch (Throwable failure) {
        discard.uncaught(failure, "cancelling the look-up of " + name);
      }
    }
  }

  @Override
  public void describe(Description description) {
    description.name("look-up of a name");
    if (name == null) {
      description.with("state", "over");
    } else {
      description.with("name", name).child("call", call);
    }
  }
}
