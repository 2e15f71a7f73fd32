package dev.pollux.samples.echo;

import dev.pollux.io.limit.LimitCounts;
import dev.pollux.io.limit.Refusal;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an echo server has done.
 *
 * @param accepted connections
 * @param closed of these, ended by the peer, and everything was sent back
 * @param failed of these, reset by the peer or broken
 * @param refused of these, closed because they have exceeded a limit
 * @param handshakesFailed of these, closed because there was no agreement on TLS
 * @param handshakesTimedOut of these, closed because an agreement on TLS took too long
 * @param drained of these, ended by the server, which was asked to stop
 * @param cutOff of these, still open when the server had waited long enough for their end
 * @param echoedBytes bytes that were sent back
 * @param lateBytes bytes that came after the server had said that no more would be sent back
 * @param refusals what was not put up with, and how often: by the names of {@link Refusal}, in
 *     lower case. Connections that were closed before they were counted as accepted are in here too
 */
public record EchoCounts(
    long accepted,
    long closed,
    long failed,
    long refused,
    long handshakesFailed,
    long handshakesTimedOut,
    long drained,
    long cutOff,
    long echoedBytes,
    long lateBytes,
    Map<String, Long> refusals) {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** Where nothing was refused. */
  EchoCounts(
      long accepted,
      long closed,
      long failed,
      long drained,
      long cutOff,
      long echoedBytes,
      long lateBytes) {
    this(
        accepted,
        closed,
        failed,
        0,
        0,
        0,
        drained,
        cutOff,
        echoedBytes,
        lateBytes,
        refusals(new LimitCounts()));
  }

  static Map<String, Long> refusals(LimitCounts counts) {
    Map<String, Long> refusals = new TreeMap<>();
    counts.all().forEach((refusal, count) -> refusals.put(key(refusal), count));
    return refusals;
  }

  private static String key(Refusal refusal) {
    return refusal.name().toLowerCase(Locale.ROOT);
  }

  /** How often that was not put up with. */
  public long of(Refusal refusal) {
    return refusals.getOrDefault(key(refusal), 0L);
  }

  /** As a line of JSON. */
  public String toJson() {
    return MAPPER.writeValueAsString(this);
  }

  /**
   * Reads that line.
   *
   * @throws tools.jackson.core.JacksonException if it is another
   */
  static EchoCounts fromJson(String line) {
    return MAPPER.readValue(line, EchoCounts.class);
  }

  /** The table at the end. */
  public String toTable() {
    StringBuilder text = new StringBuilder();
    row(text, "connections", accepted);
    row(text, "ended by the peer", closed);
    row(text, "failed or reset", failed);
    row(text, "refused", refused);
    for (Refusal refusal : Refusal.values()) {
      long count = of(refusal);
      if (count > 0) {
        row(text, "  " + refusal, count);
      }
    }
    if (handshakesFailed > 0) {
      row(text, "TLS handshake failed", handshakesFailed);
    }
    if (handshakesTimedOut > 0) {
      row(text, "TLS handshake timed out", handshakesTimedOut);
    }
    row(text, "drained", drained);
    row(text, "cut off", cutOff);
    row(text, "bytes sent back", echoedBytes);
    row(text, "bytes too late", lateBytes);
    return text.toString();
  }

  private static void row(StringBuilder text, String label, long value) {
    text.append("%-26s%d%n".formatted(label, value));
  }
}
