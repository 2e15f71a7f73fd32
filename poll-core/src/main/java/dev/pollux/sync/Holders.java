package dev.pollux.sync;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who holds what several may hold at once. Kept in debug mode only, for it costs more than the
 * permits themselves.
 *
 * @threading any thread
 */
final class Holders {

  /** How many are named. */
  private static final int NAMED = 4;

  private final Map<Object, Object> byHandle = new ConcurrentHashMap<>();

  private Holders() {}

  static @Nullable Holders ifWatched() {
    return Futurelock.WATCHED ? new Holders() : null;
  }

  /** Hears that {@code handle}, a permit or a guard, is held from now on. */
  @CanIgnoreReturnValue
  static <H> H took(@Nullable Holders holders, H handle) {
    if (Futurelock.WATCHED && holders != null) {
      holders.byHandle.put(handle, Holder.ofCaller());
    }
    return handle;
  }

  /** Hears that {@code handle} holds nothing any more. */
  static void gave(@Nullable Holders holders, Object handle) {
    if (Futurelock.WATCHED && holders != null) {
      holders.byHandle.remove(handle);
    }
  }

  /** Names some of them, for a phrase: {@code , held by task 7 "writer"}; empty if unknown. */
  static String describe(@Nullable Holders holders) {
    if (holders == null || holders.byHandle.isEmpty()) {
      return "";
    }
    List<Object> known = new ArrayList<>(holders.byHandle.values());
    int named = Math.min(NAMED, known.size());
    return ", held by "
        + Holder.describeAll(known.subList(0, named))
        + (known.size() > named ? " and " + (known.size() - named) + " more" : "");
  }
}
