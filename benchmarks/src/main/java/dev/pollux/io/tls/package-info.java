/** Races inside TLS connections. */
@NullMarked
package dev.pollux.io.tls;

import org.jspecify.annotations.NullMarked;
