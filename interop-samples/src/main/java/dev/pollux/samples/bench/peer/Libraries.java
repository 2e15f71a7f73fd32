package dev.pollux.samples.bench.peer;

import io.netty.util.HashedWheelTimer;
import io.reactivex.rxjava3.core.Flowable;
import java.security.CodeSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kotlin.Unit;
import kotlinx.coroutines.GlobalScope;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** The versions of the libraries that peers are. */
public final class Libraries {

  private static final Pattern VERSION = Pattern.compile("-([0-9][^/]*)\\.jar$");

  private Libraries() {}

  /** Each library's name, and its version: that in the name of its jar. */
  public static Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("Reactor", versionOf(Flux.class));
    versions.put("RxJava", versionOf(Flowable.class));
    versions.put("Kotlin", versionOf(Unit.class));
    versions.put("kotlinx-coroutines", versionOf(GlobalScope.class));
    versions.put("Netty", versionOf(HashedWheelTimer.class));
    return versions;
  }

  private static String versionOf(Class<?> type) {
    @Nullable CodeSource source = type.getProtectionDomain().getCodeSource();
    Matcher matcher = VERSION.matcher(source == null ? "" : String.valueOf(source.getLocation()));
    return matcher.find() ? matcher.group(1) : "of an unknown version";
  }
}
