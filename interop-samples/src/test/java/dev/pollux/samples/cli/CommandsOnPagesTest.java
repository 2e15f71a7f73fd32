package dev.pollux.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.samples.docs.MarkdownPage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The commands that the pages name exist, and have the options that are named with them. */
class CommandsOnPagesTest {

  /** A command, up to the end of the code, or to what explains it. */
  private static final Pattern COMMAND =
      Pattern.compile(
          "\\./pollux(?: -v| --verbose)? ([a-z][a-z-]*)([^`|\n#]*?)(?=`|\\||\n|#|  |$)");

  private static final Pattern OPTION = Pattern.compile("(?<=\\s)--[a-z][a-z-]*");

  private final Map<String, Ended> helps = new HashMap<>();

  @Test
  void everyCommandThatIsNamedExists() throws IOException {
    List<String> unknown = new ArrayList<>();
    Set<String> commands = new LinkedHashSet<>();
    for (MarkdownPage page : MarkdownPage.all(MarkdownPage.root())) {
      for (MatchResult named : COMMAND.matcher(page.text()).results().toList()) {
        commands.add(named.group(1));
        if (!exists(named.group(1))) {
          unknown.add(page + ": " + named.group());
        }
        unknownOptions(named).forEach(option -> unknown.add(page + ": " + named.group(1) + option));
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(commands).contains("demo", "bench", "sample", "echo", "echo-load", "stress");
  }

  @Test
  void whatDoesNotExistIsFound() {
    assertThat(exists("demo")).isTrue();
    assertThat(exists("dmeo")).isFalse();
    Matcher named = COMMAND.matcher("`./pollux demo --no-such --help`");
    assertThat(named.find()).isTrue();
    assertThat(unknownOptions(named)).containsExactly(" --no-such");
  }

  /** Where there is no such command, the help is that of all. */
  private boolean exists(String command) {
    return help(command).out().startsWith("Usage: pollux " + command + " ");
  }

  private List<String> unknownOptions(MatchResult named) {
    return OPTION
        .matcher(named.group(2))
        .results()
        .map(MatchResult::group)
        .filter(option -> !help(named.group(1)).out().contains(option))
        .map(option -> " " + option)
        .toList();
  }

  /** What {@code ./pollux command --help} says. */
  private Ended help(String command) {
    return helps.computeIfAbsent(command, name -> CapturedTerminal.run(name, "--help"));
  }
}
