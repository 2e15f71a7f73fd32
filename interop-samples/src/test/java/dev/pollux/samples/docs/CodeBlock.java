package dev.pollux.samples.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A block of Java in a page.
 *
 * <p>Comments right before its fence say what the reader need not see: {@code <!-- given: imports,
 * fields and methods without bodies -->} is what it uses; {@code <!-- members -->}, that it is what
 * stands in a class; {@code <!-- continues -->}, that it sees what the blocks before it declare.
 *
 * @param line of the page, where the code begins, from 1
 */
record CodeBlock(Path page, int line, List<String> comments, List<String> code) {

  private static final Pattern COMMENT = Pattern.compile("<!-- (.*) -->");

  private static final Pattern TYPE =
      Pattern.compile(
          "(?:@\\w+(?:\\(.*\\))? )?(?:public |final |abstract |sealed |static )*"
              + "(?:class|interface|record|enum|@interface) (\\w+).*");

  /** Those of a page, in their order. */
  static List<CodeBlock> of(Path page) throws IOException {
    List<CodeBlock> blocks = new ArrayList<>();
    List<String> lines = Files.readAllLines(page);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).strip().startsWith("```")) {
        continue;
      }
      String indent = lines.get(i).substring(0, lines.get(i).indexOf('`'));
      int end = i + 1;
      while (!lines.get(end).strip().equals("```")) {
        end++;
      }
      if (lines.get(i).strip().equals("```java")) {
        List<String> code =
            lines.subList(i + 1, end).stream()
                .map(line -> line.startsWith(indent) ? line.substring(indent.length()) : line)
                .toList();
        blocks.add(new CodeBlock(page, i + 2, commentsBefore(lines, i), code));
      }
      i = end;
    }
    return blocks;
  }

  private static List<String> commentsBefore(List<String> lines, int fence) {
    int begin = fence;
    while (begin > 0 && !lines.get(begin - 1).isBlank()) {
      begin--;
    }
    String text =
        lines.subList(begin, fence).stream().map(String::strip).collect(Collectors.joining(" "));
    List<String> comments = new ArrayList<>();
    for (String part : text.split("(?<=-->)", -1)) {
      Matcher comment = COMMENT.matcher(part.strip());
      if (comment.matches()) {
        comments.add(comment.group(1).strip());
      }
    }
    return comments;
  }

  boolean continues() {
    return comments.contains("continues");
  }

  boolean isMembers() {
    return comments.contains("members");
  }

  /** Whether it is a file of its own: its first declaration is that of a type. */
  boolean isFile() {
    return !isMembers() && TYPE.matcher(firstDeclaration()).matches();
  }

  private String firstDeclaration() {
    for (String line : code) {
      String text = line.strip();
      if (!text.isEmpty()
          && !text.startsWith("import ")
          && !text.startsWith("package ")
          && !text.startsWith("/")
          && !text.startsWith("*")
          && !text.matches("@\\w+(\\(.*\\))?")) {
        return text;
      }
    }
    return "";
  }

  /** The name of its file: that of its public type, if it has one. */
  String fileName(String otherwise) {
    for (String line : code) {
      Matcher type = TYPE.matcher(line);
      if (line.startsWith("public ") && type.matches()) {
        return type.group(1);
      }
    }
    return otherwise;
  }

  /** What it uses and does not show: each an import, a field, a method, or a type. */
  List<String> given() {
    List<String> all = new ArrayList<>();
    for (String comment : comments) {
      if (comment.startsWith("given:")) {
        all.addAll(items(comment.substring("given:".length())));
      }
    }
    return all;
  }

  /** Parts at semicolons, and behind braces, which are not within others. */
  private static List<String> items(String text) {
    List<String> items = new ArrayList<>();
    int depth = 0;
    int begin = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '{' || c == '(' ? 1 : c == '}' || c == ')' ? -1 : 0;
      boolean endsHere = depth == 0 && (c == ';' || c == '}');
      if (endsHere || i == text.length() - 1) {
        String item = text.substring(begin, c == ';' && endsHere ? i : i + 1).strip();
        if (!item.isEmpty()) {
          items.add(item);
        }
        begin = i + 1;
      }
    }
    return items;
  }

  @Override
  public String toString() {
    return page.getFileName() + ":" + line;
  }
}
