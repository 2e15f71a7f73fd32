/** Races inside the I/O driver. */
@NullMarked
package dev.pollux.io.driver;

import org.jspecify.annotations.NullMarked;
