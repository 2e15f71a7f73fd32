package dev.pollux.samples;

import dev.pollux.core.Context;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the descriptors of the modules say. */
final class ExportedPackages {

  private ExportedPackages() {}

  /** The packages that the library's modules export to everybody. */
  static Set<String> ofLibrary() throws IOException {
    Set<String> exported = new TreeSet<>();
    List<URL> descriptors =
        Collections.list(Context.class.getClassLoader().getResources("module-info.class"));
    for (URL descriptor : descriptors) {
      try (InputStream in = descriptor.openStream()) {
        ModuleDescriptor module = ModuleDescriptor.read(in);
        if (module.name().startsWith("dev.pollux.")) {
          module.exports().stream()
              .filter(exports -> !exports.isQualified())
              .forEach(exports -> exported.add(exports.source()));
        }
      }
    }
    return exported;
  }
}
