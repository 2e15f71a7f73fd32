package dev.pollux.samples.echo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What was measured, as one line of JSON. */
final class LoadJson {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private LoadJson() {}

  static String of(LoadReport report, ServerProcess server, boolean isComplete) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("server", server.toString());
    object.putAll(object(report));
    object.put("complete", isComplete);
    return MAPPER.writeValueAsString(object);
  }

  static String ofRamp(
      List<LoadReport> steps, Ramp.@Nullable End end, ServerProcess server, boolean isComplete) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("server", server.toString());
    object.put("steps", steps.stream().map(LoadJson::object).toList());
    Map<String, @Nullable Object> limit = null;
    if (end != null) {
      limit = new LinkedHashMap<>();
      limit.put("held", end.held());
      limit.put("wanted", end.wanted());
      limit.put("connected", end.connected());
      limit.put("resource", end.limit().resource());
      limit.put("why", end.limit().why());
      limit.put("errors", errors(end.errors()));
    }
    object.put("limit", limit);
    object.put("complete", isComplete);
    return MAPPER.writeValueAsString(object);
  }

  static String ofHostile(HostileReport report, ServerProcess server) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("server", server.toString());
    object.put("hostile", report.clients());
    object.put("alone", object(report.alone()));
    object.put("beside", object(report.beside()));
    object.put("p99_ratio", rounded(report.ratio()));
    object.put("server_most_rss_bytes", report.greatestServerBytes());
    object.put("server_may_add_bytes", report.mayAddBytes());
    object.put("hostile_connections", report.connections());
    object.put("hostile_thrown_out", report.thrownOut());
    object.put("refusals", report.refusals());
    return MAPPER.writeValueAsString(object);
  }

  private static Map<String, @Nullable Object> object(LoadReport report) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("connections", report.connections());
    object.put("connected", report.connected());
    object.put("size_bytes", report.sizeBytes());
    object.put("seconds", rounded(report.seconds()));
    object.put("requests", report.requests());
    object.put("requests_per_s", rounded(report.requestsPerSecond()));
    object.put("p50_us", rounded(report.p50Micros()));
    object.put("p99_us", rounded(report.p99Micros()));
    object.put("max_us", rounded(report.maxMicros()));
    object.put("errors", errors(report.errors()));
    object.put("server_rss_bytes", report.serverRssBytes());
    object.put("server_bytes_per_connection", report.serverBytesPerConnection());
    object.put("server_cpu_us_per_request", rounded(report.serverCpuMicrosPerRequest()));
    object.put("client_cpu_us_per_request", rounded(report.clientCpuMicrosPerRequest()));
    return object;
  }

  private static Map<String, Integer> errors(Map<Trouble, Integer> errors) {
    Map<String, Integer> object = new LinkedHashMap<>();
    errors.forEach((trouble, count) -> object.put(trouble.name().toLowerCase(Locale.ROOT), count));
    return object;
  }

  private static @Nullable Double rounded(@Nullable Double value) {
    return value == null ? null : Math.rint(value * 1000) / 1000;
  }
}
