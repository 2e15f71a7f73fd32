package dev.pollux.samples.echo;

import tools.jackson.databind.json.JsonMapper;

/**
 * What an echo server has done.
 *
 * @param accepted connections
 * @param closed of these, ended by the peer, and everything was sent back
 * @param failed of these, reset by the peer or broken
 * @param drained of these, ended by the server, which was asked to stop
 * @param cutOff of these, still open when the server had waited long enough for their end
 * @param echoedBytes bytes that were sent back
 * @param lateBytes bytes that came after the server had said that no more would be sent back
 */
public record EchoCounts(
    long accepted,
    long closed,
    long failed,
    long drained,
    long cutOff,
    long echoedBytes,
    long lateBytes) {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

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
    row(text, "drained", drained);
    row(text, "cut off", cutOff);
    row(text, "bytes sent back", echoedBytes);
    row(text, "bytes too late", lateBytes);
    return text.toString();
  }

  private static void row(StringBuilder text, String label, long value) {
    text.append("%-24s  %d%n".formatted(label, value));
  }
}
