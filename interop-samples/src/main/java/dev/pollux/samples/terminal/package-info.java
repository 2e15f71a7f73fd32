/** Where the commands write: results, complaints, and a line of progress. */
@NullMarked
package dev.pollux.samples.terminal;

import org.jspecify.annotations.NullMarked;
