package dev.pollux.samples.cli;

import dev.pollux.samples.bench.Ranking;
import dev.pollux.samples.bench.Score;
import dev.pollux.samples.bench.Standing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Who came to what, as one line of JSON. */
final class ContestJson {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private ContestJson() {}

  /**
   * The document.
   *
   * @param leftOut who was not measured, and why
   * @param isComplete whether all that was asked for is in it
   */
  static String of(
      BenchMachine machine,
      int forks,
      boolean isQuick,
      List<String> leftOut,
      List<Standing> standings,
      boolean isComplete) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("jdk", machine.jdk().toString());
    document.put("processors", machine.processors());
    document.put("system", machine.system());
    document.put("libraries", machine.libraries());
    document.put("forks", forks);
    document.put("quick", isQuick);
    document.put("left_out", leftOut);
    document.put("workloads", standings.stream().map(ContestJson::workload).toList());
    document.put("complete", isComplete);
    return MAPPER.writeValueAsString(document);
  }

  private static Map<String, @Nullable Object> workload(Standing standing) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("workload", standing.workload().name());
    object.put("what", standing.workload().what());
    object.put("heap", standing.workload().heapOptions());
    object.put("results", standing.scores().stream().map(score -> score(standing, score)).toList());
    return object;
  }

  private static Map<String, @Nullable Object> score(Standing standing, Score score) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("peer", score.contender());
    object.put("failure", score.failure());
    Map<String, Object> metrics = new LinkedHashMap<>();
    for (String metric : score.metrics()) {
      metrics.put(metric, metric(Ranking.of(standing, metric), score));
    }
    object.put("metrics", metrics);
    return object;
  }

  private static Map<String, @Nullable Object> metric(Ranking ranking, Score score) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("median", score.median(ranking.metric()).orElse(null));
    object.put("least", score.least(ranking.metric()).orElse(null));
    object.put("greatest", score.greatest(ranking.metric()).orElse(null));
    object.put("ratio_to_best", ranking.ratio(score).orElse(null));
    object.put("best", ranking.isBest(score));
    return object;
  }
}
